"""The audit log: rows are added and read, never changed."""

from __future__ import annotations

from collections.abc import Set
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, insert, select
from sqlalchemy import Row as TableRow

from bot.db import tables
from bot.db.prepared import Prepared
from core.app.auditing import EVERYTHING, AuditFilter
from core.app.pages import Page, PageRequest
from core.domain.events import Action, Event
from core.domain.people import ActorKind, ActorRef

_entries = tables.audit_entries
_ADD = Prepared(insert(_entries).inline())


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
        entries = _matching(wanted)
        count = entries.with_only_columns(func.count(), maintain_column_froms=True)
        total = self._connection.execute(count).scalar_one()
        newest_first = entries.order_by(_entries.c.sequence.desc()).limit(request.size).offset(request.offset)
        return Page(self._events(newest_first), request, total)

    def before(self, wanted: AuditFilter, sequence: int, size: int) -> tuple[Event, ...]:
        older = _matching(wanted).where(_entries.c.sequence < sequence)
        return self._events(older.order_by(_entries.c.sequence.desc()).limit(size))

    def of(self, subject_id: UUID) -> tuple[Event, ...]:
        oldest_first = select(_entries).where(_entries.c.subject_id == subject_id).order_by(_entries.c.sequence)
        return self._events(oldest_first)

    def of_actions(self, actions: Set[Action]) -> tuple[Event, ...]:
        wanted = AuditFilter(frozenset(actions))
        return self._events(_matching(wanted).order_by(_entries.c.sequence)) if actions else ()

    def _events(self, rows: Select[Any]) -> tuple[Event, ...]:
        return tuple(_event(row) for row in self._connection.execute(rows))


def _matching(wanted: AuditFilter) -> Select[Any]:
    column = _entries.c
    conditions = (
        column.action.in_(sorted(wanted.actions)) if wanted.actions else None,
        None if wanted.subject_id is None else column.subject_id == wanted.subject_id,
        None if wanted.actor_id is None else column.actor_id == wanted.actor_id,
        None if wanted.since is None else column.at >= wanted.since,
        None if wanted.until is None else column.at < wanted.until,
    )
    return select(_entries).where(*(condition for condition in conditions if condition is not None))


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
