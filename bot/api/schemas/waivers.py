"""Waivers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from bot.api.schemas.base import (
    ONE_PAGE,
    Body,
    Id,
    Listing,
    LongName,
    Moment,
    Name,
    RequiredText,
    Shown,
    ShownActor,
    example,
    meta_of,
    shown_actor,
)
from bot.api.schemas.queries import PageQuery
from core.app.pages import Page
from core.app.scan_reading import WaiverView
from core.app.scans import WaiverFilter
from core.app.waiving import WaiveFinding

_WAIVER: dict[str, Any] = {
    "vulnerabilityId": "CVE-2024-3094",
    "package": "xz-utils",
    "component": "myapp",
    "environmentId": "e4f7e6a0-2b5d-4b0e-8a35-1f2e3d4c5b6a",
    "reason": "Only reachable from the build network",
    "endsAt": "2026-03-01T00:00:00Z",
}
_SHOWN = {
    "id": "c2b8d8b1-0f9e-4f55-8a6e-6d3b5a1f7c21",
    **_WAIVER,
    "environmentName": "Production",
    "holds": True,
    "createdBy": {"kind": "person", "id": "9d2f4f9e-54f8-4c8e-9b0a-0f5e0c9b7d31", "name": "Carol Chen"},
    "createdAt": "2026-01-10T13:05:00Z",
    "revokedAt": None,
    "revokedBy": None,
    "revokedBecause": "",
}


class WaiverBody(Body):
    """Leave to go on with one vulnerability, in all releases of one component on their way to one environment."""

    model_config = example("WaiverDraft", **_WAIVER)

    vulnerability_id: Name = Field(description="As scan reports name it; letter case does not count.")
    package: LongName | None = Field(default=None, description="Only in this package. Left out: in any.")
    component: Name = Field(description="The release line: the component, exactly as its releases name it.")
    environment_id: Id
    reason: RequiredText
    ends_at: Moment = Field(description="It holds until then; at most 366 days ahead.")

    def command(self) -> WaiveFinding:
        return WaiveFinding(
            vulnerability=self.vulnerability_id,
            package=self.package or "",
            component=self.component,
            environment_id=self.environment_id,
            reason=self.reason,
            ends_at=self.ends_at,
        )


class WaiverQuery(PageQuery):
    """Which waivers are wanted."""

    component: Name | None = Field(default=None, description="Filter by component.")
    environment_id: Id | None = Field(default=None, description="Filter by environment.")
    vulnerability_id: Name | None = Field(default=None, description="Filter by vulnerability.")

    def wanted(self) -> WaiverFilter:
        return WaiverFilter(self.component or "", self.environment_id, self.vulnerability_id or "")


class WaiverShown(Shown):
    """A waiver. It is never changed but by being revoked, and never removed."""

    model_config = example("Waiver", **_SHOWN)

    id: UUID
    vulnerability_id: str
    package: str | None
    component: str
    environment_id: UUID
    environment_name: str
    reason: str
    ends_at: datetime
    holds: bool = Field(description="It has not ended and was not revoked.")
    created_by: ShownActor
    created_at: datetime
    revoked_at: datetime | None
    revoked_by: ShownActor | None
    revoked_because: str


class WaiverList(Listing[WaiverShown]):
    """One page of waivers, newest first."""

    model_config = example(data=[_SHOWN], meta=ONE_PAGE)


def waiver_of(view: WaiverView) -> WaiverShown:
    waiver = view.waiver
    return WaiverShown(
        id=waiver.id,
        vulnerability_id=waiver.vulnerability,
        package=waiver.package or None,
        component=waiver.component,
        environment_id=waiver.environment_id,
        environment_name=view.environment_name,
        reason=waiver.reason,
        ends_at=waiver.ends_at,
        holds=view.holds,
        created_by=shown_actor(waiver.created_by),
        created_at=waiver.created_at,
        revoked_at=waiver.revoked_at,
        revoked_by=shown_actor(waiver.revoked_by) if waiver.revoked_by else None,
        revoked_because=waiver.revoked_because,
    )


def waivers_of(page: Page[WaiverView]) -> WaiverList:
    return WaiverList(data=[waiver_of(view) for view in page.items], meta=meta_of(page))
