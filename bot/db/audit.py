"""The audit log: rows are added and read, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, bindparam, insert, select
from sqlalchemy import Row as TableRow

from bot.db import tables
from bot.db.lists import KEPT, Merged, Order, among, merging, page_of, unindexed
from bot.db.prepared import Prepared
from core.app.auditing import EVERYTHING, AuditFilter
from core.app.pages import Mark, Page, PageRequest
from core.domain.events import Action, Event
from core.domain.people import ActorKind, ActorRef

_entries = tables.audit_entries
_NEWEST_FIRST = Order((_entries.c.at, _entries.c.sequence))
_ADD = Prepared(insert(_entries).inline())


_NEWEST = select(_entries).order_by(_entries.c.sequence.desc()).limit(1)


class Audit:
    """Audit of `core.app.ports`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, event: Event) -> None:
        row = {
            "action": event.action.value,
            "at": event.at,
            "actor_kind": event.actor.kind.value,
            "actor_id": event.actor.id,
            "actor_name": event.actor.name,
            "door": event.door,
            "subject_id": event.subject_id,
            "details": dict(event.details),
            "correlation_id": event.correlation_id,
        }
        _ADD.run(self._connection, row)

    def page(self, request: PageRequest, wanted: AuditFilter = EVERYTHING) -> Page[Event]:
        # Behind a mark the end of the time is behind us too; two ends would leave SQLite the wrong one to start at.
        asked = replace(wanted, until=None) if _is_before(request.after, wanted.until) else wanted
        by_action = _merged(asked, on=request.after is not None)
        return page_of(self._connection, _matching(asked), _NEWEST_FIRST, request, _events, merged=by_action)

    def newest(self) -> Event | None:
        return next(iter(self._events(_NEWEST)), None)

    def of(self, subject_id: UUID) -> tuple[Event, ...]:
        oldest_first = select(_entries).where(_entries.c.subject_id == subject_id).order_by(_entries.c.sequence)
        return self._events(oldest_first)

    def of_actions(self, actions: Set[Action]) -> tuple[Event, ...]:
        of_these = select(_entries).where(_entries.c.action.in_(sorted(actions)))
        return self._events(of_these.order_by(_entries.c.sequence)) if actions else ()

    def _events(self, rows: Select[Any]) -> tuple[Event, ...]:
        return tuple(_event(row) for row in self._connection.execute(rows))


def _matching(wanted: AuditFilter) -> Select[Any]:
    column = _entries.c
    # Little happens to one subject: its own index serves with every other filter.
    seen = _as_it_is if wanted.subject_id is None else unindexed
    conditions = (
        among(seen(column.action), wanted.actions) if wanted.actions else None,
        None if wanted.subject_id is None else column.subject_id == wanted.subject_id,
        None if wanted.actor_id is None else seen(column.actor_id) == wanted.actor_id,
        None if wanted.since is None else column.at >= wanted.since,
        None if wanted.until is None else column.at < wanted.until,
    )
    return select(_entries).where(*(condition for condition in conditions if condition is not None))


def _merged(wanted: AuditFilter, *, on: bool) -> Merged | None:
    """How the same is found action by action; None where it is sorted as it is. `on` is for pages behind a mark."""
    if wanted.subject_id is not None or len(wanted.actions) < 2:
        return None
    values = {"actor": wanted.actor_id, "since": wanted.since, "until": wanted.until}
    given = {name: value for name, value in values.items() if value is not None}
    return Merged(_by_action(tuple(sorted(wanted.actions)), tuple(given), on=on), given)


@lru_cache(maxsize=KEPT)
def _by_action(actions: tuple[Action, ...], given: tuple[str, ...], *, on: bool) -> Select[Any]:
    column = _entries.c
    conditions = {
        "actor": column.actor_id == bindparam("actor", type_=column.actor_id.type),
        "since": column.at >= bindparam("since", type_=column.at.type),
        "until": column.at < bindparam("until", type_=column.at.type),
    }
    fitting = select(_entries).where(*(conditions[name] for name in given))
    return merging((fitting.where(column.action == each.value) for each in actions), _NEWEST_FIRST, on=on)


def _as_it_is(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return column


def _is_before(mark: Mark | None, until: datetime | None) -> bool:
    return mark is not None and until is not None and isinstance(mark.by, datetime) and mark.by < until


def _events(rows: Iterable[TableRow[Any]]) -> Iterable[Event]:
    return map(_event, rows)


def _event(row: TableRow[Any]) -> Event:
    return Event(
        action=Action(row.action),
        at=row.at,
        actor=ActorRef(ActorKind(row.actor_kind), row.actor_id, row.actor_name),
        door=row.door,
        subject_id=row.subject_id,
        details=row.details,
        correlation_id=row.correlation_id,
        sequence=row.sequence,
    )
