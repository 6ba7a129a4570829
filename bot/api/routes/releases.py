"""Releases: what the build pipeline tells."""

from __future__ import annotations

from uuid import UUID

from bot.api.endpoint import Call, Endpoint
from bot.api.paths import BASE
from bot.api.schemas.queries import PageQuery
from bot.api.schemas.releases import (
    ReleaseBody,
    ReleaseList,
    ReleaseShown,
    release_of,
    releases_of,
)

TAG = "Releases"
PATH = f"{BASE}/releases"


async def register_release(call: Call, body: ReleaseBody) -> ReleaseShown:
    """Register a release."""
    release = await call.countersign.releasing.register(call.actor, body.draft())
    call.headers["Location"] = f"{PATH}/{release.id}"
    return release_of(release)


async def list_releases(call: Call, query: PageQuery) -> ReleaseList:
    """List releases.

    Newest first.
    """
    return releases_of(await call.countersign.reading.releases(call.actor, query.request()))


async def get_release(call: Call, id: UUID) -> ReleaseShown:
    """Get a release."""
    return release_of(await call.countersign.reading.release(call.actor, id))


ENDPOINTS = (
    Endpoint("POST", PATH, register_release, TAG, 201, needs="publisher", errors=("name_taken",)),
    Endpoint("GET", PATH, list_releases, TAG, needs="reader"),
    Endpoint("GET", f"{PATH}/{{id}}", get_release, TAG, needs="reader"),
)
