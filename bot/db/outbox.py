"""Errands to run after the commit: one row for each errand and subject, kept when it is done.

`due_at` is the whole state: empty when done, the past when it waits for somebody to take it, the future while somebody
holds it or it is put off. Whoever asks again for an errand that is not done raises `generation` and leaves `due_at`,
so neither a holder nor a back-off is disturbed; finishing an older generation makes the entry due at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Update, and_, bindparam, case, func, or_, select, update

from bot.db import tables
from bot.db.columns import UtcDateTime
from bot.db.prepared import Prepared
from bot.db.statements import Row, insert_into, insert_missing
from bot.db.tables import WAITING
from core.app.outbox import ALL_ERRANDS, LONGEST_HOLD, LONGEST_WAIT, ONCE, Errand, OutboxDepth, OutboxEntry

_entries = tables.outbox_entries
_FIELDS = [_entries.c[name] for name in OutboxEntry.__dataclass_fields__]
_ERROR_MAX = 2000

_due = select(_entries.c.key).where(
    _entries.c.due_at <= bindparam("now", type_=UtcDateTime()),
    _entries.c.errand.in_(bindparam("among", expanding=True)),
)
_first_due = _due.order_by(_entries.c.due_at, _entries.c.created_at, _entries.c.key).limit(bindparam("most"))
_KINDS_DUE = Prepared(
    select(_entries.c.errand)
    .where(_entries.c.due_at <= bindparam("now", type_=UtcDateTime()))
    .order_by(_entries.c.due_at)
    .limit(bindparam("most"))
)
# SQLite has no SKIP LOCKED and, with one writer, no need for it; SQLAlchemy leaves it out there. A CTE, because
# PostgreSQL may run a plain subquery several times, and each run would lock and take some more.
_taken = _first_due.with_for_update(skip_locked=True).cte("taken")
_CLAIM = (
    update(_entries)
    .where(_entries.c.key.in_(select(_taken.c.key)))
    .values(due_at=bindparam("until", type_=UtcDateTime()))
    .returning(*_FIELDS)
)


class Outbox:
    """Outbox of `core.app.ports`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, errand: Errand, subject_id: UUID, now: datetime, correlation_id: str = "") -> None:
        self.put_all((errand,), subject_id, now, correlation_id)

    def put_all(self, errands: Iterable[Errand], subject_id: UUID, now: datetime, correlation_id: str = "") -> None:
        rows: dict[bool, list[Row]] = {False: [], True: []}
        # In the order in which rows of many errands are always locked, so that nobody waits in a circle.
        for errand in sorted(errands):
            rows[errand in ONCE].append(_row(errand, subject_id, now, correlation_id))
        if rows[False]:
            _ask_again(self._connection.dialect.name).run_each(self._connection, rows[False])
        insert_missing(self._connection, _entries, rows[True])

    def put_each(self, errand: Errand, subject_ids: Iterable[UUID], now: datetime) -> None:
        if rows := [_row(errand, subject_id, now) for subject_id in subject_ids]:
            _ask_again(self._connection.dialect.name).run_each(self._connection, rows)

    def repair(self, errand: Errand, subject_id: UUID, now: datetime) -> None:
        _ask_again(self._connection.dialect.name).run(self._connection, _row(errand, subject_id, now))

    def due(self, now: datetime, most: int = 256) -> Set[Errand]:
        found = _KINDS_DUE.all(self._connection, now=now, most=most)
        return {Errand(row.errand) for row in found} if len(found) < most else ALL_ERRANDS

    def claim(
        self, now: datetime, until: datetime, limit: int, among: Set[Errand] = ALL_ERRANDS
    ) -> tuple[OutboxEntry, ...]:
        names = sorted(errand.value for errand in among)
        rows = self._connection.execute(_CLAIM, {"now": now, "until": until, "most": limit, "among": names})
        return tuple(sorted((_entry(row) for row in rows), key=lambda entry: (entry.created_at, entry.key)))

    def hold(self, entry: OutboxEntry, until: datetime) -> None:
        self._connection.execute(_not_done(entry).values(due_at=until))

    def finish(self, entry: OutboxEntry, now: datetime) -> None:
        _finish().run(self._connection, {"wanted": entry.key, "seen": entry.generation, "now": now})

    def put_off(self, entry: OutboxEntry, due_at: datetime, error: str) -> None:
        kept = error.encode("utf-8", "replace").decode().replace("\0", "")[:_ERROR_MAX]
        self._connection.execute(_not_done(entry).values(due_at=due_at, error=kept, attempts=_entries.c.attempts + 1))

    def take_back(self, now: datetime) -> int:
        never_put_off = and_(_entries.c.attempts == 0, _entries.c.due_at > now + LONGEST_HOLD)
        too_late = or_(never_put_off, _entries.c.due_at > now + LONGEST_WAIT)
        return self._connection.execute(update(_entries).where(WAITING, too_late).values(due_at=now)).rowcount

    def depth(self) -> OutboxDepth:
        failing = func.count().filter(_entries.c.attempts > 0)
        row = self._connection.execute(
            select(func.count(), func.min(_entries.c.created_at), failing).where(WAITING)
        ).one()
        return OutboxDepth(*row)

    def failures(self, limit: int) -> tuple[tuple[OutboxEntry, str], ...]:
        failing = select(*_FIELDS, _entries.c.error).where(WAITING, _entries.c.attempts > 0)
        # What failed last is, by its back-off, due last.
        newest_first = failing.order_by(_entries.c.due_at.desc(), _entries.c.key).limit(limit)
        return tuple((_entry(row), row.error) for row in self._connection.execute(newest_first))


def _row(errand: Errand, subject_id: UUID, now: datetime, correlation_id: str = "") -> Row:
    return {
        "key": f"{errand.value}:{subject_id}",
        "errand": errand.value,
        "subject_id": subject_id,
        "generation": 1,
        "attempts": 0,
        "created_at": now,
        "due_at": now,
        "error": "",
        "correlation_id": correlation_id,
    }


def _not_done(entry: OutboxEntry) -> Update:
    return update(_entries).where(_entries.c.key == entry.key, WAITING)


def _entry(row: Any) -> OutboxEntry:
    return OutboxEntry(
        key=row.key,
        errand=Errand(row.errand),
        subject_id=row.subject_id,
        generation=row.generation,
        attempts=row.attempts,
        created_at=row.created_at,
        correlation_id=row.correlation_id,
    )


@cache
def _ask_again(dialect: str) -> Prepared:
    statement = insert_into(dialect, _entries)
    asked = statement.excluded
    done = _entries.c.due_at.is_(None)
    renewed = ("created_at", "due_at", "correlation_id")
    changes: dict[str, Any] = {name: case((done, asked[name]), else_=_entries.c[name]) for name in renewed}
    changes["generation"] = _entries.c.generation + 1
    return Prepared(statement.on_conflict_do_update(index_elements=["key"], set_=changes).inline())


@cache
def _finish() -> Prepared:
    now = bindparam("now", type_=UtcDateTime())
    is_newest = _entries.c.generation == bindparam("seen")
    return Prepared(
        update(_entries)
        .where(_entries.c.key == bindparam("wanted"), WAITING)
        .values(
            due_at=case((is_newest, None), else_=now),
            created_at=case((is_newest, _entries.c.created_at), else_=now),
            attempts=0,
            error="",
        )
    )
