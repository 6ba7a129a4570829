"""Waivers: a person lets one finding pass for a time."""

from __future__ import annotations

from uuid import UUID

from bot.api.endpoint import Call, Endpoint
from bot.api.paths import BASE
from bot.api.schemas.waivers import WaiverBody, WaiverList, WaiverQuery, WaiverShown, waiver_of, waivers_of

TAG = "Waivers"
PATH = f"{BASE}/waivers"


async def create_waiver(call: Call, body: WaiverBody) -> WaiverShown:
    """Waive a finding.

    For one component on its way to one environment, until `endsAt`. It counts for promotions that somebody else asks
    for, never for the maker's own. It is shown on their cards and sealed in their evidence.
    """
    waiver = await call.countersign.waiving.waive(call.actor, body.command())
    call.headers["Location"] = f"{PATH}/{waiver.id}"
    return waiver_of(await call.countersign.scan_reading.waiver(call.actor, waiver.id))


async def list_waivers(call: Call, query: WaiverQuery) -> WaiverList:
    """List waivers.

    Newest first, those that have ended or were revoked included. All filters that are given must fit.
    """
    return waivers_of(await call.countersign.scan_reading.waivers(call.actor, query.wanted(), query.request()))


async def get_waiver(call: Call, id: UUID) -> WaiverShown:
    """Get a waiver."""
    return waiver_of(await call.countersign.scan_reading.waiver(call.actor, id))


async def revoke_waiver(call: Call, id: UUID) -> None:
    """Revoke a waiver.

    It no longer holds, and stays on record. Open promotions that it let pass are looked at again.
    """
    await call.countersign.waiving.revoke(call.actor, id)


ENDPOINTS = (
    Endpoint("POST", PATH, create_waiver, TAG, 201, needs="a person with the role waiver or admin"),
    Endpoint("GET", PATH, list_waivers, TAG, needs="reader"),
    Endpoint("GET", f"{PATH}/{{id}}", get_waiver, TAG, needs="reader"),
    Endpoint(
        "DELETE",
        f"{PATH}/{{id}}",
        revoke_waiver,
        TAG,
        204,
        needs="a person with the role waiver or admin",
        errors=("conflict",),
    ),
)
