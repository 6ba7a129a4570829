"""Work that one holder at a time does, across all replicas."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Insert, or_

from bot.db import upkeep_tables
from bot.db.statements import insert_into

_leases = upkeep_tables.leases


class Leases:
    """Leases of `core.app.ports`: taken by a single statement, so two never both get one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        statement = _take(self._connection.dialect.name, now, holder, until + (until - now))
        row = {"name": name, "holder": holder, "until": until}
        return self._connection.execute(statement, row).rowcount == 1


def _take(dialect: str, now: datetime, holder: str, furthest: datetime) -> Insert:
    statement = insert_into(dialect, _leases)
    # Nobody takes a lease for so long: it was taken before a clock was set back, and would not end for as long.
    is_free = or_(_leases.c.holder == holder, _leases.c.until <= now, _leases.c.until > furthest)
    taken = {"holder": statement.excluded.holder, "until": statement.excluded.until}
    return statement.on_conflict_do_update(index_elements=["name"], set_=taken, where=is_free).inline()
