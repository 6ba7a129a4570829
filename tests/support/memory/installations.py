"""Slack workspaces in memory."""

from __future__ import annotations

from datetime import datetime

from core.app.installations import Installation
from tests.support.memory.tables import Tables


class MemoryInstallations:
    def __init__(self, tables: Tables) -> None:
        self._rows = tables.installations
        self._spent = tables.spent

    def get(self, team: str) -> Installation | None:
        return self._rows.get(team)

    def all(self) -> tuple[Installation, ...]:
        return tuple(self._rows[team] for team in sorted(self._rows))

    def put(self, installation: Installation) -> None:
        self._rows[installation.team] = installation

    def change(self, before: Installation, after: Installation) -> bool:
        known = self._rows.get(before.team)
        if known is None or known.sealed != before.sealed:
            return False
        self._rows[before.team] = after
        return True

    def remove(self, team: str) -> None:
        self._rows.pop(team, None)

    def spend(self, digest: str, until: datetime) -> bool:
        if digest in self._spent:
            return False
        self._spent[digest] = until
        return True

    def forget_spent(self, now: datetime) -> int:
        old = [digest for digest, until in self._spent.items() if until < now]
        for digest in old:
            del self._spent[digest]
        return len(old)
