"""Calendars with their events, and what recurs as JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row as TableRow
from sqlalchemy import bindparam, delete, insert, select

from bot.db import freeze_tables
from bot.db.named import NamedRows
from bot.db.prepared import Prepared
from bot.db.statements import Row
from core.domain.calendar import Calendar, CalendarEvent, WhenStale
from core.domain.recurrence import Recurrence
from core.domain.text import name_key

Json = dict[str, Any]
_calendars, _links = freeze_tables.calendars, freeze_tables.calendar_environments
_OF_ENVIRONMENT = Prepared(
    select(_calendars)
    .where(_calendars.c.id.in_(select(_links.c.calendar_id).where(_links.c.environment_id == bindparam("environment"))))
    .order_by(_calendars.c.name_key, _calendars.c.id)
)


class Calendars(NamedRows[Calendar]):
    """Calendars of `core.app.ports`."""

    table = _calendars
    called = "calendar"

    def of_environment(self, environment_id: UUID) -> tuple[Calendar, ...]:
        return tuple(self._things(_OF_ENVIRONMENT.all(self._connection, environment=environment_id)))

    def _row(self, thing: Calendar) -> Row:
        return {
            "id": thing.id,
            "name": thing.name,
            "name_key": name_key(thing.name),
            "components": list(thing.components),
            "url": thing.url,
            "time_zone": thing.time_zone,
            "refresh_minutes": thing.refresh_minutes,
            "stale_after_hours": thing.stale_after_hours,
            "when_stale": thing.when_stale.value,
            "events": [_event_json(event) for event in thing.events],
            "read_at": thing.read_at,
            "asked_at": thing.asked_at,
            "problem": thing.problem,
        }

    def _things(self, rows: Sequence[TableRow[Any]]) -> Iterable[Calendar]:
        environments = self._environments_of([row.id for row in rows])
        for row in rows:
            yield Calendar(
                id=row.id,
                name=row.name,
                environment_ids=tuple(environments[row.id]),
                components=tuple(row.components),
                url=row.url,
                time_zone=row.time_zone,
                refresh_minutes=row.refresh_minutes,
                stale_after_hours=row.stale_after_hours,
                when_stale=WhenStale(row.when_stale),
                events=tuple(_event_from(each) for each in row.events),
                read_at=row.read_at,
                asked_at=row.asked_at,
                problem=row.problem,
            )

    def _environments_of(self, ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
        found: defaultdict[UUID, list[UUID]] = defaultdict(list)
        if ids:
            links = select(_links).where(_links.c.calendar_id.in_(ids)).order_by(_links.c.position)
            for link in self._connection.execute(links):
                found[link.calendar_id].append(link.environment_id)
        return found

    def _put_parts(self, thing: Calendar) -> None:
        links = [
            {"calendar_id": thing.id, "position": position, "environment_id": environment_id}
            for position, environment_id in enumerate(thing.environment_ids)
        ]
        if links:
            self._connection.execute(insert(_links), links)

    def _drop_parts(self, id: UUID) -> None:
        self._connection.execute(delete(_links).where(_links.c.calendar_id == id))


def recurrence_json(recurrence: Recurrence | None) -> Json | None:
    """How something comes back."""
    if recurrence is None:
        return None
    left_out = [day.isoformat() for day in recurrence.except_dates]
    return {"rule": recurrence.rule, "timeZone": recurrence.time_zone, "exceptDates": left_out}


def recurrence_from(stored: Json | None) -> Recurrence | None:
    """The same as it was."""
    if stored is None:
        return None
    left_out = tuple(date.fromisoformat(day) for day in stored["exceptDates"])
    return Recurrence(stored["rule"], stored["timeZone"], left_out)


def _event_json(event: CalendarEvent) -> Json:
    return {
        "uid": event.uid,
        "name": event.name,
        "startsAt": event.starts_at.isoformat(),
        "endsAt": event.ends_at.isoformat(),
        "recurrence": recurrence_json(event.recurrence),
    }


def _event_from(stored: Json) -> CalendarEvent:
    starts_at, ends_at = (datetime.fromisoformat(stored[name]) for name in ("startsAt", "endsAt"))
    return CalendarEvent(stored["uid"], stored["name"], starts_at, ends_at, recurrence_from(stored["recurrence"]))
