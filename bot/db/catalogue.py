"""Environments and freeze windows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row as TableRow
from sqlalchemy import Select, bindparam, delete, insert, or_, select

from bot.db import tables
from bot.db.calendars import recurrence_from, recurrence_json
from bot.db.named import NamedRows
from bot.db.prepared import Prepared
from bot.db.statements import Row
from core.domain.environment import Environment, FreezeWindow
from core.domain.text import name_key


class Environments(NamedRows[Environment]):
    """Catalogue[Environment] of `core.app.ports`."""

    table = tables.environments
    called = "environment"

    def _row(self, thing: Environment) -> Row:
        return {
            "id": thing.id,
            "name": thing.name,
            "name_key": name_key(thing.name),
            "source_environment_id": thing.source_environment_id,
            "require_sod": thing.require_sod,
            "slack_channel": thing.slack_channel,
            "gates": {name: dict(settings) for name, settings in thing.gates.items()},
            "announce": thing.announce,
            "slack_team": thing.slack_team,
        }

    def _things(self, rows: Sequence[TableRow[Any]]) -> Iterable[Environment]:
        for row in rows:
            yield Environment(
                id=row.id,
                name=row.name,
                source_environment_id=row.source_environment_id,
                require_sod=row.require_sod,
                slack_channel=row.slack_channel,
                gates=row.gates,
                announce=row.announce,
                slack_team=row.slack_team,
            )


def _ahead() -> Select[Any]:
    windows, links = tables.freeze_windows, tables.freeze_window_environments
    of_environment = select(links.c.freeze_window_id).where(links.c.environment_id == bindparam("environment"))
    # A recurring window's times are those of its first occurrence; when the last one ends is for others to say.
    not_over = or_(windows.c.ends_at > bindparam("now"), windows.c.recurrence.is_not(None))
    ahead = select(windows).where(windows.c.id.in_(of_environment), not_over)
    return ahead.order_by(windows.c.starts_at, windows.c.name_key)


_AHEAD = Prepared(_ahead())


class FreezeWindows(NamedRows[FreezeWindow]):
    """FreezeWindows of `core.app.ports`."""

    table = tables.freeze_windows
    called = "freeze window"
    _links = tables.freeze_window_environments

    def ahead(self, environment_id: UUID, now: datetime) -> tuple[FreezeWindow, ...]:
        self._rules.keep()
        return tuple(self._things(_AHEAD.all(self._connection, environment=environment_id, now=now)))

    def _row(self, thing: FreezeWindow) -> Row:
        return {
            "id": thing.id,
            "name": thing.name,
            "name_key": name_key(thing.name),
            "starts_at": thing.starts_at,
            "ends_at": thing.ends_at,
            "reason": thing.reason,
            "components": list(thing.components) or None,
            "recurrence": recurrence_json(thing.recurrence),
        }

    def _things(self, rows: Sequence[TableRow[Any]]) -> Iterable[FreezeWindow]:
        environments = self._environments_of([row.id for row in rows])
        for row in rows:
            yield FreezeWindow(
                id=row.id,
                name=row.name,
                environment_ids=tuple(environments[row.id]),
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                reason=row.reason,
                components=tuple(row.components or ()),
                recurrence=recurrence_from(row.recurrence),
            )

    def _environments_of(self, ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
        found: defaultdict[UUID, list[UUID]] = defaultdict(list)
        if ids:
            links = select(self._links).where(self._links.c.freeze_window_id.in_(ids)).order_by(self._links.c.position)
            for link in self._connection.execute(links):
                found[link.freeze_window_id].append(link.environment_id)
        return found

    def _put_parts(self, thing: FreezeWindow) -> None:
        links = [
            {"freeze_window_id": thing.id, "position": position, "environment_id": environment_id}
            for position, environment_id in enumerate(thing.environment_ids)
        ]
        self._connection.execute(insert(self._links), links)

    def _drop_parts(self, id: UUID) -> None:
        self._connection.execute(delete(self._links).where(self._links.c.freeze_window_id == id))
