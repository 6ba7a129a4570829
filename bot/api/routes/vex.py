"""VEX: what takes findings out of the count, because somebody who knows says so."""

from __future__ import annotations

from uuid import UUID

from bot.api.answers import JSON
from bot.api.endpoint import Call, Endpoint
from bot.api.paths import BASE
from bot.api.schemas.vex import VexFile, VexShown, vex_of

TAG = "VEX"
PATH = f"{BASE}/releases/{{id}}/vex"
MEDIA_TYPES = (JSON, "application/vnd.cyclonedx+json")


async def submit_vex(call: Call, id: UUID, document: bytes) -> VexShown:
    """Submit a VEX document for a release.

    OpenVEX 0.2, or CycloneDX with an analysis. `not_affected` and `fixed` take a finding out of the count, for every
    environment; a newer statement that says `affected` or `under_investigation` brings it back. A statement about
    packages is matched by package URL. Statement, author, reason and time are shown and sealed in the evidence.
    """
    return vex_of(await call.countersign.scanning.submit_vex(call.actor, id, document))


async def list_vex(call: Call, id: UUID) -> list[VexShown]:
    """List the VEX documents of a release.

    In the order in which they were submitted.
    """
    return [vex_of(document) for document in await call.countersign.scan_reading.vex_documents(call.actor, id)]


ENDPOINTS = (
    Endpoint("POST", PATH, submit_vex, TAG, 201, needs="publisher", document=VexFile, accepts=MEDIA_TYPES),
    Endpoint("GET", PATH, list_vex, TAG, needs="reader"),
)
