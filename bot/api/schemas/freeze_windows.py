"""Freeze windows."""

from __future__ import annotations

from datetime import date, datetime
from itertools import islice
from typing import Annotated
from uuid import UUID

from pydantic import Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from bot.api.schemas.base import ONE_PAGE, Body, Id, Listing, Moment, Name, Shown, Text, example, meta_of
from core.app.drafts import FreezeWindowDraft
from core.app.pages import Page
from core.calendars.occurrences import ahead
from core.domain.environment import MAX_COMPONENTS, FreezeWindow
from core.domain.recurrence import MAX_EXCEPTIONS, RULE_MAX, Recurrence

_RECURRENCE = {"rule": "FREQ=WEEKLY;BYDAY=FR", "timeZone": "Europe/Berlin", "exceptDates": ["2026-12-25"]}
_TERMS = {
    "name": "weekends",
    "environmentIds": ["a7e1f7c2-7c55-4a57-8d0b-5d6f0b6e1d02"],
    "startsAt": "2026-01-02T15:00:00Z",
    "endsAt": "2026-01-05T07:00:00Z",
    "reason": "Nobody is on call for changes",
    "components": ["shop"],
    "recurrence": _RECURRENCE,
}
_SHOWN = {
    "id": "9b2d1f3e-5c4a-4e6b-8f7d-0a1b2c3d4e10",
    **_TERMS,
    "nextOccurrences": [{"startsAt": "2026-01-02T15:00:00Z", "endsAt": "2026-01-05T07:00:00Z"}],
}
NEXT_SHOWN = 3


def _date(value: object) -> date:
    try:
        if isinstance(value, date):
            return value
        if not isinstance(value, str) or len(value) != 10:
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("date", "must be a date like 2026-12-25") from None


Day = Annotated[date, PlainValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Components = Annotated[list[Name], Field(max_length=MAX_COMPONENTS)]


class RecurrenceBody(Body):
    """How a freeze comes back: by a rule of RFC 5545, by the clock of a zone."""

    model_config = example("RecurrenceDraft", **_RECURRENCE)

    rule: str = Field(
        min_length=1,
        max_length=RULE_MAX,
        description="An RRULE with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY. What is wrong with it is named by position.",
    )
    time_zone: str = Field(
        default="UTC", max_length=100, description="The IANA name of the zone by whose clock occurrences start and end."
    )
    except_dates: list[Day] = Field(
        default=[], max_length=MAX_EXCEPTIONS, description="Dates on which no occurrence starts (EXDATE)."
    )

    def value(self) -> Recurrence:
        return Recurrence(self.rule, self.time_zone, tuple(self.except_dates))


class FreezeWindowBody(Body):
    """A time in which nothing is promoted to these environments."""

    model_config = example("FreezeWindowDraft", **_TERMS)

    name: Name = Field(description="Unique, whatever its letter case.")
    environment_ids: list[Id] = Field(min_length=1, max_length=1000, description="Where nothing is promoted to.")
    starts_at: Moment = Field(description="The first moment of the freeze; with a recurrence, of its first occurrence.")
    ends_at: Moment = Field(description="The first moment after the freeze, or after its first occurrence.")
    reason: Text = Field(default="", description="Why; requesters see it.")
    components: Components = Field(default=[], description="Whose releases it holds back; none named: of all.")
    recurrence: RecurrenceBody | None = Field(default=None, description="How it comes back; null: it does not.")

    def draft(self) -> FreezeWindowDraft:
        return FreezeWindowDraft(
            name=self.name,
            environment_ids=tuple(self.environment_ids),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            reason=self.reason,
            components=tuple(self.components),
            recurrence=self.recurrence.value() if self.recurrence else None,
        )


class RecurrenceShown(Shown):
    """How a freeze comes back."""

    model_config = example("Recurrence", **_RECURRENCE)

    rule: str
    time_zone: str
    except_dates: list[date]


class OccurrenceShown(Shown):
    """One time for which a window holds: from the first moment until just before the last."""

    model_config = example("Occurrence", startsAt="2026-01-02T15:00:00Z", endsAt="2026-01-05T07:00:00Z")

    starts_at: datetime
    ends_at: datetime


class FreezeWindowShown(Shown):
    """A time in which nothing is promoted to these environments."""

    model_config = example("FreezeWindow", **_SHOWN)

    id: UUID
    name: str
    environment_ids: list[UUID]
    starts_at: datetime
    ends_at: datetime
    reason: str
    components: list[str]
    recurrence: RecurrenceShown | None
    next_occurrences: list[OccurrenceShown] = Field(description=f"Those that are not over, the next {NEXT_SHOWN}.")


class FreezeWindowList(Listing[FreezeWindowShown]):
    """One page of freeze windows by name."""

    model_config = example(data=[_SHOWN], meta=ONE_PAGE)


def freeze_window_of(window: FreezeWindow, now: datetime) -> FreezeWindowShown:
    return FreezeWindowShown(
        id=window.id,
        name=window.name,
        environment_ids=list(window.environment_ids),
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        reason=window.reason,
        components=list(window.components),
        recurrence=recurrence_of(window.recurrence),
        next_occurrences=occurrences_of(window, now),
    )


def freeze_windows_of(page: Page[FreezeWindow], now: datetime) -> FreezeWindowList:
    return FreezeWindowList(data=[freeze_window_of(window, now) for window in page.items], meta=meta_of(page))


def recurrence_of(recurrence: Recurrence | None) -> RecurrenceShown | None:
    if recurrence is None:
        return None
    left_out = list(recurrence.except_dates)
    return RecurrenceShown(rule=recurrence.rule, time_zone=recurrence.time_zone, except_dates=left_out)


def occurrences_of(window: FreezeWindow, now: datetime) -> list[OccurrenceShown]:
    return [
        OccurrenceShown(starts_at=each.starts_at, ends_at=each.ends_at)
        for each in islice(ahead(window, now), NEXT_SHOWN)
    ]
