"""Evidence in the forms that other tools read, and what their predicate means."""

from __future__ import annotations

from importlib.resources import files
from uuid import UUID

from bot.api.answers import JSON
from bot.api.endpoint import Call, Endpoint, OpenCall, Raw
from bot.api.paths import BASE
from bot.api.routes.decisions import RECORD
from bot.api.schemas.decisions import EvidencePacket
from bot.api.schemas.exports import DsseEnvelope, EvidenceQuery, JsonSchema, SigstoreBundle

DSSE = "application/vnd.dsse.envelope.v1+json"
SIGSTORE = "application/vnd.dev.sigstore.bundle.v0.3+json"
TIMESTAMP = "application/timestamp-reply"
SCHEMA_FILE = files("bot.api.schemas") / "release-decision-v1.schema.json"


async def get_evidence(call: Call, id: UUID, query: EvidenceQuery) -> Raw:
    """Get the evidence packet.

    The signed evidence of the decision; 404 while the promotion is undecided. One field a line, so that the
    signed bytes can be taken out as they are: save the answer as `packet.json`, then
    `sed -n 's/^ *"content": \\(.*\\),$/\\1/p' packet.json | tr -d '\\n'` prints what `signature` was made over.
    With `format`, the same decision as it was signed for other tools; 404 for one from before there were such forms.
    """
    export = await call.countersign.reading.export(call.actor, id, query.format)
    return Raw(export.media_type, export.content)


async def get_release_decision_schema(call: OpenCall) -> Raw:
    """Get the schema of a decision.

    The JSON Schema of a packet's `content`, which is the predicate of the in-toto statement
    `urn:countersign:release-decision/v1`.
    """
    call.headers["Cache-Control"] = "public, max-age=3600"
    return Raw(JSON, SCHEMA_FILE.read_bytes())


ENDPOINTS = (
    Endpoint(
        "GET",
        f"{BASE}/promotions/{{id}}/evidence",
        get_evidence,
        RECORD,
        needs="reader",
        shows=EvidencePacket,
        also_shows={DSSE: DsseEnvelope, SIGSTORE: SigstoreBundle, TIMESTAMP: bytes},
    ),
    Endpoint("GET", f"{BASE}/schemas/release-decision-v1.json", get_release_decision_schema, RECORD, shows=JsonSchema),
)
