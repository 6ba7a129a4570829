"""A decision's evidence in forms that other tools read: DSSE envelopes with in-toto statements, a Sigstore bundle.

They are signed when the decision is, and stored beside the packet: an export needs no key, is the same whenever it
is asked for, and is as old as the decision. Packets from before there were exports have none, and none is made up for
them later by a key that was not there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.domain.export_format import ExportFormat
from core.errors import NotFoundError
from core.evidence.dsse import Envelope, enveloped
from core.evidence.envelope import EvidencePacket
from core.evidence.signing import Signer
from core.evidence.statement import RELEASE_DECISION, VERIFICATION_RESULT, release_decision, verification_result
from core.evidence.timestamp import Timestamp

BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
TIMESTAMP_MEDIA_TYPE = "application/timestamp-reply"
DSSE_MEDIA_TYPE = "application/vnd.dsse.envelope.v1+json"


@dataclass(frozen=True, kw_only=True)
class Attestation(Envelope):
    """A signed in-toto statement about the decision of one packet."""

    packet_id: UUID
    predicate_type: str


@dataclass(frozen=True, slots=True)
class Export:
    """A file to hand on."""

    name: str
    media_type: str
    content: bytes


def attest(packet: EvidencePacket, signer: Signer) -> tuple[Attestation, ...]:
    """Sign what is to be said of a packet for others: the decision, and the verification result of one that allows."""
    statements = {RELEASE_DECISION: release_decision(packet), VERIFICATION_RESULT: verification_result(packet)}
    return tuple(
        Attestation(packet_id=packet.id, predicate_type=predicate_type, **vars(enveloped(statement, signer)))
        for predicate_type, statement in statements.items()
        if statement is not None
    )


def export(
    packet: EvidencePacket,
    attestations: tuple[Attestation, ...],
    wanted: ExportFormat,
    timestamp: Timestamp | None = None,
) -> Export:
    """Return the packet in one of its forms. Raises NotFoundError that says why there is none of that form."""
    name = f"evidence-{packet.id}"
    if wanted is ExportFormat.PACKET:
        return Export(f"{name}.json", "application/json", packet.to_file())
    if wanted is ExportFormat.TIMESTAMP:
        return Export(f"{name}.tsr", TIMESTAMP_MEDIA_TYPE, _required(timestamp).response)
    by_type = {attestation.predicate_type: attestation for attestation in attestations}
    predicate_type = VERIFICATION_RESULT if wanted is ExportFormat.INTOTO_SVR else RELEASE_DECISION
    if predicate_type not in by_type:
        raise _missing(packet, wanted, anything=bool(attestations))
    envelope = by_type[predicate_type]
    if wanted is ExportFormat.SIGSTORE:
        return Export(f"{name}.sigstore.json", BUNDLE_TYPE, _lines(sigstore_bundle(envelope)))
    return Export(f"{name}.{wanted.value}.json", DSSE_MEDIA_TYPE, _lines(envelope.to_json()))


def all_exports(
    packet: EvidencePacket, attestations: tuple[Attestation, ...], timestamp: Timestamp | None = None
) -> tuple[Export, ...]:
    """Return every form that there is of a packet, the packet first."""
    made = {attestation.predicate_type for attestation in attestations}
    forms = [ExportFormat.PACKET]
    if RELEASE_DECISION in made:
        forms += [ExportFormat.DSSE, ExportFormat.SIGSTORE]
    if VERIFICATION_RESULT in made:
        forms.append(ExportFormat.INTOTO_SVR)
    if timestamp is not None:
        forms.append(ExportFormat.TIMESTAMP)
    return tuple(export(packet, attestations, form, timestamp) for form in forms)


def sigstore_bundle(envelope: Envelope) -> dict[str, Any]:
    """Return the envelope as a Sigstore bundle (v0.3) that names our public key; it is in no log of Sigstore's."""
    return {
        "mediaType": BUNDLE_TYPE,
        "verificationMaterial": {"publicKey": {"hint": envelope.signer_key_ref}, "tlogEntries": []},
        "dsseEnvelope": envelope.to_json(),
    }


def _required(timestamp: Timestamp | None) -> Timestamp:
    if timestamp is None:
        raise NotFoundError(
            "This decision has no timestamp",
            hint="One is made soon after the decision where COUNTERSIGN_TIMESTAMP_URL is set; try again in a moment.",
            kind="export",
            format=ExportFormat.TIMESTAMP.value,
        )
    return timestamp


def _lines(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, indent=2).encode() + b"\n"


def _missing(packet: EvidencePacket, wanted: ExportFormat, *, anything: bool) -> NotFoundError:
    if anything:
        return NotFoundError(
            f"This decision denied the release, and {wanted.value} says only what was verified",
            hint=f"Take {ExportFormat.DSSE.value}, which has the whole decision.",
            kind="export",
            format=wanted.value,
        )
    return NotFoundError(
        f"This decision is of {packet.generated_at:%Y-%m-%d}, before there were exports, so it has no {wanted.value}",
        hint="Its evidence packet stands by itself: ask without a format.",
        kind="export",
        format=wanted.value,
    )
