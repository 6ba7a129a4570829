"""Keeping calendars that somebody else writes: imported from a file, or read from an address again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from core.app.administered import administered
from core.app.authorise import has_right, require_right
from core.app.finding import found
from core.app.journal import Journal
from core.app.overview import refresh_homes
from core.app.pages import Page, PageRequest
from core.app.ports import Ports, Store
from core.calendars.ics import read_events
from core.domain.calendar import Calendar, CalendarEvent, WhenStale
from core.domain.environment import Environment
from core.domain.events import Action
from core.domain.people import SYSTEM, Actor, Right
from core.domain.text import name_key
from core.errors import InvalidError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CalendarDraft:
    """See Calendar. It has a `url` or the `content` of an .ics file; empty content leaves the events as they are."""

    name: str
    environment_ids: tuple[UUID, ...] = ()
    components: tuple[str, ...] = ()
    url: str = ""
    content: str = ""
    time_zone: str = ""
    refresh_minutes: int = 60
    stale_after_hours: int = 24
    when_stale: WhenStale = WhenStale.CLOSED


class Calendars:
    """Stores calendars and what was read of them; promotions that one can touch are looked at again."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def create(self, actor: Actor, draft: CalendarDraft) -> Calendar:
        """Store a new calendar. Raises ForbiddenError, InvalidError, NameTakenError."""

        if not draft.url and not draft.content:
            hint = "Give the address of an .ics file in url, or the file itself in content."
            raise InvalidError("A calendar needs a url or content", field="url", hint=hint)
        events = self._events_in(draft)

        def body(journal: Journal) -> Calendar:
            calendar = _drafted(journal, Calendar(self._ports.new_id(), draft.name), draft, events)
            journal.store.calendars.add(calendar)
            journal.note(Action.CALENDAR_CREATED, calendar.id, **_freezing(calendar))
            look_again(journal, calendar)
            return calendar

        return await administered(self._ports, actor, body)

    async def update(self, actor: Actor, id: UUID, draft: CalendarDraft) -> Calendar:
        """Store a calendar's new state; another address is read anew. Raises as `create`, and NotFoundError."""

        events = self._events_in(draft)

        def body(journal: Journal) -> Calendar:
            before = found(journal.store.calendars.get(id), "calendar", id)
            calendar = _drafted(journal, before, draft, events)
            journal.store.calendars.replace(calendar)
            journal.note(Action.CALENDAR_UPDATED, id, **_freezing(calendar))
            look_again(journal, before, calendar)
            return calendar

        return await administered(self._ports, actor, body)

    async def delete(self, actor: Actor, id: UUID) -> None:
        """Forget a calendar; what it froze opens. Raises ForbiddenError, NotFoundError."""

        def body(journal: Journal) -> None:
            calendar = found(journal.store.calendars.get(id), "calendar", id)
            journal.store.calendars.remove(id)
            journal.note(Action.CALENDAR_DELETED, id, **_freezing(calendar))
            look_again(journal, calendar)

        await administered(self._ports, actor, body)

    async def page(self, actor: Actor, request: PageRequest) -> Page[Calendar]:
        """One page of calendars by name."""

        def body(store: Store) -> Page[Calendar]:
            require_right(store, actor, Right.READER)
            return store.calendars.page(request).showing(lambda calendar: _shown_to(store, actor, calendar))

        return await self._ports.transactions.read(body)

    async def get(self, actor: Actor, id: UUID) -> Calendar:
        """One calendar. Raises NotFoundError."""

        def body(store: Store) -> Calendar:
            require_right(store, actor, Right.READER)
            return _shown_to(store, actor, found(store.calendars.get(id), "calendar", id))

        return await self._ports.transactions.read(body)

    async def due(self) -> tuple[Calendar, ...]:
        """The calendars whose addresses are to be read now."""
        now = self._ports.clock()
        return await self._ports.transactions.read(
            lambda store: tuple(each for each in store.calendars.all() if each.due_at(now))
        )

    async def keep(self, asked: Calendar, events: tuple[CalendarEvent, ...]) -> None:
        """Store the events that stand at a calendar's address; `asked` is the calendar as it was when it was asked."""
        await self._kept(asked, lambda calendar, now: calendar.read(events, now))

    async def failed(self, asked: Calendar, problem: str) -> None:
        """Store why a calendar's address could not be read; its events stay as they are."""
        await self._kept(asked, lambda calendar, now: calendar.failed(problem, now))

    async def _kept(self, asked: Calendar, change: Callable[[Calendar, datetime], Calendar]) -> None:
        def body(store: Store) -> None:
            journal = Journal(store, SYSTEM, self._ports.clock())
            before = store.calendars.get(asked.id)
            if before is None or (before.url, before.time_zone) != (asked.url, asked.time_zone):
                return
            after = change(before, journal.now)
            store.calendars.replace(after)
            was_stale = before.is_stale_at(journal.now)
            if after.events != before.events or after.is_stale_at(journal.now) != was_stale:
                journal.note(Action.CALENDAR_READ, after.id, name=after.name, events=len(after.events))
                look_again(journal, after)
                refresh_homes(store, store.homes.people(), journal.now)

        await self._ports.transactions.write(body)
        self._ports.wake()

    def _events_in(self, draft: CalendarDraft) -> tuple[CalendarEvent, ...] | None:
        """The events of the draft's file, read before the transaction; None where it has none."""
        if draft.url and draft.content:
            raise InvalidError("A calendar has either a url or content", field="content")
        return read_events(draft.content, self._ports.clock(), draft.time_zone) if draft.content else None


def _drafted(
    journal: Journal, before: Calendar, draft: CalendarDraft, events: tuple[CalendarEvent, ...] | None
) -> Calendar:
    for environment_id in draft.environment_ids:
        if journal.store.environments.get(environment_id) is None:
            raise InvalidError(f"There is no environment {environment_id}", field="environmentIds")
    calendar = replace(
        before,
        name=draft.name,
        environment_ids=tuple(dict.fromkeys(draft.environment_ids)),
        components=draft.components,
        url=draft.url,
        time_zone=draft.time_zone,
        refresh_minutes=draft.refresh_minutes,
        stale_after_hours=draft.stale_after_hours,
        when_stale=draft.when_stale,
    )
    if events is not None:
        return calendar.read(events, journal.now)
    if calendar.url and (calendar.url, calendar.time_zone) != (before.url, before.time_zone):
        return replace(calendar, events=(), read_at=None, asked_at=None, problem="")
    return calendar


def _freezing(calendar: Calendar) -> dict[str, Any]:
    """What a calendar freezes, so that the log tells what one was that is gone. Its address is its password."""
    return {
        "name": calendar.name,
        "events": len(calendar.events),
        "environmentIds": [str(id) for id in calendar.environment_ids],
        "whenStale": calendar.when_stale.value,
    }


def look_again(journal: Journal, *calendars: Calendar) -> None:
    """Have the gates evaluated of the promotions that these calendars can touch, by freezing or as holidays."""
    for calendar in calendars:
        look_at_targets(journal, calendar.environment_ids, calendar.components)
        named = (each.id for each in journal.store.environments.all() if _keeps_holidays_of(each, calendar))
        look_at_targets(journal, named)


def look_at_targets(journal: Journal, environment_ids: Iterable[UUID], components: tuple[str, ...] = ()) -> None:
    """Have the gates of open promotions to these environments evaluated, of these components alone if any are named."""
    promotions = journal.store.promotions
    for environment_id in environment_ids:
        if not components:
            journal.look_again(promotions.open_ids(environment_id=environment_id))
        for component in components:
            journal.look_again(each.id for each in promotions.open_of_component(component, environment_id))


def _keeps_holidays_of(environment: Environment, calendar: Calendar) -> bool:
    named = environment.gates.get("schedule-gate", {}).get("holidayCalendar")
    return isinstance(named, str) and name_key(named) == name_key(calendar.name)


def _shown_to(store: Store, actor: Actor, calendar: Calendar) -> Calendar:
    """The address of a private calendar is its password, so only administrators see more of it than the host."""
    return calendar if has_right(store, actor, Right.ADMIN) else calendar.without_path()
