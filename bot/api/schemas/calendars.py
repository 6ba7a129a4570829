"""Calendars that somebody else keeps."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from bot.api.schemas.base import ONE_PAGE, Body, Id, Listing, Name, Shown, example, meta_of
from bot.api.schemas.freeze_windows import (
    Components,
    OccurrenceShown,
    RecurrenceShown,
    occurrences_of,
    recurrence_of,
)
from core.app.calendars import CalendarDraft
from core.app.pages import Page
from core.calendars.ics import MAX_BYTES
from core.domain.calendar import MAX_STALE_HOURS, REFRESH_MINUTES, Calendar, CalendarEvent, WhenStale, events_of
from core.domain.environment import FreezeWindow

_TERMS = {
    "name": "company-freezes",
    "environmentIds": ["a7e1f7c2-7c55-4a57-8d0b-5d6f0b6e1d02"],
    "components": [],
    "url": "https://calendar.example.com/freezes.ics",
    "timeZone": "Europe/Berlin",
    "refreshMinutes": 60,
    "staleAfterHours": 24,
    "whenStale": "closed",
}
_SHOWN = {
    "id": "1f4e5d6c-7b8a-4c9d-8e0f-1a2b3c4d5e6f",
    **_TERMS,
    "readAt": "2026-01-10T14:00:00Z",
    "isStale": False,
    "problem": "",
    "eventCount": 1,
    "events": [
        {
            "uid": "stocktaking@example.com",
            "name": "Stocktaking",
            "startsAt": "2026-12-30T07:00:00Z",
            "endsAt": "2026-12-31T17:00:00Z",
            "recurrence": None,
            "nextOccurrences": [{"startsAt": "2026-12-30T07:00:00Z", "endsAt": "2026-12-31T17:00:00Z"}],
        }
    ],
}
EVENTS_SHOWN = 100


class CalendarBody(Body):
    """A calendar: the address of an .ics file, or the file itself. Its events freeze the environments that it names."""

    model_config = example("CalendarDraft", **_TERMS)

    name: Name = Field(description="Unique, whatever its letter case; the schedule-gate can name it.")
    environment_ids: list[Id] = Field(
        default=[], max_length=1000, description="What its events freeze; none: it serves as a list of holidays."
    )
    components: Components = Field(default=[], description="Whose releases it holds back; none named: of all.")
    url: str = Field(default="", max_length=2000, description="An https address that is read again and again.")
    content: str = Field(
        default="", max_length=MAX_BYTES, description="An .ics file (RFC 5545); left out, the events stay as they are."
    )
    time_zone: str = Field(
        default="",
        max_length=100,
        description="For times that name no zone, as whole days do. Empty: the file's own.",
    )
    refresh_minutes: int = Field(default=60, ge=REFRESH_MINUTES.start, le=REFRESH_MINUTES.stop - 1)
    stale_after_hours: int = Field(
        default=24, ge=1, le=MAX_STALE_HOURS, description="After how long without reading it its events do not count."
    )
    when_stale: WhenStale = Field(
        default=WhenStale.CLOSED,
        strict=False,
        description="What holds then: all frozen, or as if it had no events.",
    )

    def draft(self) -> CalendarDraft:
        return CalendarDraft(
            name=self.name,
            environment_ids=tuple(self.environment_ids),
            components=tuple(self.components),
            url=self.url,
            content=self.content,
            time_zone=self.time_zone,
            refresh_minutes=self.refresh_minutes,
            stale_after_hours=self.stale_after_hours,
            when_stale=self.when_stale,
        )


class CalendarEventShown(Shown):
    """One event of a calendar."""

    uid: str
    name: str
    starts_at: datetime
    ends_at: datetime
    recurrence: RecurrenceShown | None
    next_occurrences: list[OccurrenceShown]


class CalendarShown(Shown):
    """A calendar as it was read last."""

    model_config = example("Calendar", **_SHOWN)

    id: UUID
    name: str
    environment_ids: list[UUID]
    components: list[str]
    url: str
    time_zone: str
    refresh_minutes: int
    stale_after_hours: int
    when_stale: WhenStale
    read_at: datetime | None = Field(description="When its events were last read well; null for never.")
    is_stale: bool = Field(description="Its events are too old to go by: `whenStale` says what holds.")
    problem: str = Field(description="Why the last attempt to read it failed; empty where it did not.")
    event_count: int
    events: list[CalendarEventShown] = Field(description=f"Its events, at most {EVENTS_SHOWN} of them.")


class CalendarList(Listing[CalendarShown]):
    """One page of calendars by name."""

    model_config = example(data=[_SHOWN], meta=ONE_PAGE)


def calendar_of(calendar: Calendar, now: datetime) -> CalendarShown:
    pairs = zip(calendar.events[:EVENTS_SHOWN], events_of(calendar), strict=False)
    return CalendarShown(
        id=calendar.id,
        name=calendar.name,
        environment_ids=list(calendar.environment_ids),
        components=list(calendar.components),
        url=calendar.url,
        time_zone=calendar.time_zone,
        refresh_minutes=calendar.refresh_minutes,
        stale_after_hours=calendar.stale_after_hours,
        when_stale=calendar.when_stale,
        read_at=calendar.read_at,
        is_stale=calendar.is_stale_at(now),
        problem=calendar.problem,
        event_count=len(calendar.events),
        events=[_event(event, window, now) for event, window in pairs],
    )


def calendars_of(page: Page[Calendar], now: datetime) -> CalendarList:
    return CalendarList(data=[calendar_of(each, now) for each in page.items], meta=meta_of(page))


def _event(event: CalendarEvent, window: FreezeWindow, now: datetime) -> CalendarEventShown:
    return CalendarEventShown(
        uid=event.uid,
        name=event.name,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        recurrence=recurrence_of(event.recurrence),
        next_occurrences=occurrences_of(window, now),
    )
