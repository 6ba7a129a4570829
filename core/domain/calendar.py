"""Calendars that somebody else keeps: an .ics file that was imported, or one that is read from an address again and
again.

A calendar freezes the environments that it names while one of its events goes on; one that names none serves gates
that ask for it, as a list of holidays. Only what was read counts. Where an address could not be read for too long,
`when_stale` says whether its environments stay closed until it can be, or open.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from core.domain.environment import FreezeWindow, checked_components
from core.domain.recurrence import Recurrence, zone_of
from core.domain.text import NAME_MAX, checked_name, checked_text
from core.errors import InvalidError

MAX_EVENTS = 1000
MAX_STALE_HOURS = 24 * 31
REFRESH_MINUTES = range(5, 24 * 60 + 1)


class WhenStale(StrEnum):
    """What holds while a calendar's events are too old to go by."""

    CLOSED = "closed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One event: `starts_at` and `ends_at` of its first occurrence, and how it comes back."""

    uid: str
    name: str
    starts_at: datetime
    ends_at: datetime
    recurrence: Recurrence | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """See the module. `url` is empty for one that was imported; `read_at` is when the events were last read well.

    `time_zone` is for events that name none, such as whole days; empty: the one that the calendar itself names, or UTC.
    `problem` is why the last attempt failed; empty where it did not. `asked_at` is when that attempt was made.
    """

    id: UUID
    name: str
    environment_ids: tuple[UUID, ...] = ()
    components: tuple[str, ...] = ()
    url: str = ""
    time_zone: str = ""
    refresh_minutes: int = 60
    stale_after_hours: int = 24
    when_stale: WhenStale = WhenStale.CLOSED
    events: tuple[CalendarEvent, ...] = ()
    read_at: datetime | None = None
    asked_at: datetime | None = None
    problem: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", checked_name(self.name, "name"))
        object.__setattr__(self, "components", checked_components(self.components))
        object.__setattr__(self, "url", checked_text(self.url, "url", limit=2000))
        if self.url and not re.match(r"https?://[^\s<>|@]+\Z", self.url):
            raise InvalidError("url must be an https address, without a user name in it", field="url")
        if self.time_zone:
            zone_of(self.time_zone)
        if self.refresh_minutes not in REFRESH_MINUTES:
            message = f"refreshMinutes must be between {REFRESH_MINUTES.start} and {REFRESH_MINUTES.stop - 1}"
            raise InvalidError(message, field="refreshMinutes")
        if not 1 <= self.stale_after_hours <= MAX_STALE_HOURS:
            raise InvalidError(f"staleAfterHours must be between 1 and {MAX_STALE_HOURS}", field="staleAfterHours")
        if len(self.events) > MAX_EVENTS:
            raise InvalidError(f"A calendar has at most {MAX_EVENTS} events", field="content")

    @property
    def stale_from(self) -> datetime | None:
        """When the events become too old to go by; None for an imported calendar, whose events never do."""
        if not self.url or self.read_at is None:
            return None
        return self.read_at + timedelta(hours=self.stale_after_hours)

    def is_stale_at(self, at: datetime) -> bool:
        """Whether the events are too old to go by; always before they were first read."""
        return bool(self.url) and (self.stale_from is None or self.stale_from <= at)

    def is_left_out_at(self, at: datetime) -> bool:
        """Whether it is as if it had no events: too old to go by, and open then."""
        return self.when_stale is WhenStale.OPEN and self.is_stale_at(at)

    def due_at(self, at: datetime) -> bool:
        """Whether the address is to be read again; a failed attempt is repeated sooner."""
        if not self.url:
            return False
        wait = timedelta(minutes=min(self.refresh_minutes, 5) if self.problem else self.refresh_minutes)
        return self.asked_at is None or self.asked_at + wait <= at

    def concerns(self, component: str) -> bool:
        """Whether its events hold for releases of that component."""
        return not self.components or component in self.components

    def windows(self) -> tuple[FreezeWindow, ...]:
        """The events as freeze windows of the calendar's environments; none where it names no environment."""
        return events_of(self) if self.environment_ids else ()

    def without_path(self) -> Calendar:
        """The same for those who may know where it is kept and not how to read it there."""
        host = re.match(r"https?://[^/?#]+", self.url)
        return replace(self, url=f"{host[0]}/…") if host else self

    def read(self, events: tuple[CalendarEvent, ...], at: datetime) -> Calendar:
        """The same with the events that stand in it now."""
        return replace(self, events=events, read_at=at, asked_at=at, problem="")

    def failed(self, problem: str, at: datetime) -> Calendar:
        """The same after an attempt that went wrong; the events stay as they were read last."""
        return replace(self, asked_at=at, problem=problem[:500])


def events_of(calendar: Calendar) -> tuple[FreezeWindow, ...]:
    """The events as windows, each known by the same id each time they are read."""
    return tuple(
        FreezeWindow(
            uuid.uuid5(calendar.id, event.uid),
            event.name[:NAME_MAX],
            calendar.environment_ids or (calendar.id,),
            event.starts_at,
            event.ends_at,
            components=calendar.components,
            recurrence=event.recurrence,
            source=calendar.name,
        )
        for event in calendar.events
    )
