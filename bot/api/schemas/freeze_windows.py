"""Freeze windows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from bot.api.schemas.base import Body, Id, Listing, Moment, Name, Shown, Text, example, meta_of
from core.app.drafts import FreezeWindowDraft
from core.app.pages import Page
from core.domain.environment import FreezeWindow

_TERMS = {
    "name": "year-end",
    "environmentIds": ["a7e1f7c2-7c55-4a57-8d0b-5d6f0b6e1d02"],
    "startsAt": "2026-12-20T00:00:00Z",
    "endsAt": "2027-01-03T00:00:00Z",
    "reason": "Nobody is on call for changes",
}
_SHOWN = {"id": "9b2d1f3e-5c4a-4e6b-8f7d-0a1b2c3d4e10", **_TERMS}


class FreezeWindowBody(Body):
    """A time in which nothing is promoted to these environments."""

    model_config = example("FreezeWindowDraft", **_TERMS)

    name: Name = Field(description="Unique, whatever its letter case.")
    environment_ids: list[Id] = Field(min_length=1, max_length=1000, description="Where nothing is promoted to.")
    starts_at: Moment = Field(description="The first moment of the freeze.")
    ends_at: Moment = Field(description="The first moment after the freeze; later than startsAt.")
    reason: Text = Field(default="", description="Why; requesters see it.")

    def draft(self) -> FreezeWindowDraft:
        return FreezeWindowDraft(
            name=self.name,
            environment_ids=tuple(self.environment_ids),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            reason=self.reason,
        )


class FreezeWindowShown(Shown):
    """A time in which nothing is promoted to these environments."""

    model_config = example("FreezeWindow", **_SHOWN)

    id: UUID
    name: str
    environment_ids: list[UUID]
    starts_at: datetime
    ends_at: datetime
    reason: str


class FreezeWindowList(Listing[FreezeWindowShown]):
    """One page of freeze windows by name."""

    model_config = example(data=[_SHOWN], meta={"page": 1, "pageSize": 25, "totalCount": 1})


def freeze_window_of(window: FreezeWindow) -> FreezeWindowShown:
    return FreezeWindowShown(
        id=window.id,
        name=window.name,
        environment_ids=list(window.environment_ids),
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        reason=window.reason,
    )


def freeze_windows_of(page: Page[FreezeWindow]) -> FreezeWindowList:
    return FreezeWindowList(data=[freeze_window_of(window) for window in page.items], meta=meta_of(page))
