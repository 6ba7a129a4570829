"""App Homes that people have opened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from bot.db import tables
from bot.db.promotions import Promotions
from bot.db.rules_lock import RulesLock
from bot.db.statements import row_of, upsert
from core.app.homes import OpenedHome
from core.domain.promotion import Promotion

_homes = tables.opened_homes


class OpenedHomes:
    """Homes of `core.app.homes`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, home: OpenedHome) -> None:
        upsert(self._connection, _homes, ("team", "user"), row_of(_homes, home))

    def published(self, home: OpenedHome, digest: str) -> None:
        self._connection.execute(update(_homes).where(_is(home)).values(digest=digest))

    def of(self, person_ids: Iterable[UUID]) -> tuple[OpenedHome, ...]:
        wanted = list(person_ids)
        if not wanted:
            return ()
        chosen = select(_homes).where(_homes.c.person_id.in_(wanted)).order_by(_homes.c.team, _homes.c.user)
        return tuple(OpenedHome(**row._mapping) for row in self._connection.execute(chosen))

    def people(self) -> tuple[UUID, ...]:
        everybody = select(_homes.c.person_id).distinct().order_by(_homes.c.person_id)
        return tuple(self._connection.execute(everybody).scalars())

    def forget(self, home: OpenedHome) -> None:
        self._connection.execute(delete(_homes).where(_is(home)))

    def forget_before(self, moment: datetime) -> int:
        return self._connection.execute(delete(_homes).where(_homes.c.opened_at < moment)).rowcount

    def decided(self, environment_ids: Iterable[UUID], since: datetime, limit: int) -> tuple[Promotion, ...]:
        return Promotions(self._connection, RulesLock(self._connection, locking=False), locking=False).decided(
            list(environment_ids), since, limit
        )


def _is(home: OpenedHome) -> ColumnElement[bool]:
    return and_(_homes.c.team == home.team, _homes.c.user == home.user)
