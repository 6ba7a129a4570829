"""Slack workspaces that have let us in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy import Row as TableRow

from bot.db.statements import Row, inserted, row_of, upsert
from bot.db.workspace_tables import slack_installations as _rows
from bot.db.workspace_tables import spent_passes as _spent
from core.app.installations import Installation


class SlackInstallations:
    """Installations of `core.app.installations`."""

    def __init__(self, connection: Connection, *, locking: bool) -> None:
        self._connection = connection
        self._locking = locking

    def get(self, team: str) -> Installation | None:
        wanted = select(_rows).where(_rows.c.team == team)
        row = self._connection.execute(wanted.with_for_update() if self._locking else wanted).one_or_none()
        return _installation(row) if row else None

    def all(self) -> tuple[Installation, ...]:
        return tuple(_installation(row) for row in self._connection.execute(select(_rows).order_by(_rows.c.team)))

    def put(self, installation: Installation) -> None:
        upsert(self._connection, _rows, ("team",), _row(installation))

    def change(self, before: Installation, after: Installation) -> bool:
        same = update(_rows).where(_rows.c.team == before.team, _rows.c.sealed == before.sealed)
        return self._connection.execute(same.values(_row(after))).rowcount == 1

    def remove(self, team: str) -> None:
        self._connection.execute(delete(_rows).where(_rows.c.team == team))

    def spend(self, digest: str, until: datetime) -> bool:
        return inserted(self._connection, _spent, {"digest": digest, "until": until})

    def forget_spent(self, now: datetime) -> int:
        return self._connection.execute(delete(_spent).where(_spent.c.until < now)).rowcount


def _row(installation: Installation) -> Row:
    return {**row_of(_rows, installation), "scopes": list(installation.scopes)}


def _installation(row: TableRow[Any]) -> Installation:
    return Installation(**{**row._mapping, "scopes": tuple(row.scopes)})
