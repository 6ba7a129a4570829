"""App Homes in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.app.homes import OpenedHome
from core.domain.promotion import Promotion
from tests.support.memory.tables import Tables


class MemoryHomes:
    def __init__(self, tables: Tables) -> None:
        self._homes = tables.homes
        self._promotions = tables.promotions

    def put(self, home: OpenedHome) -> None:
        self._homes[home.team, home.user] = home

    def published(self, home: OpenedHome, digest: str) -> None:
        if stored := self._homes.get((home.team, home.user)):
            self.put(replace(stored, digest=digest))

    def of(self, person_ids: Iterable[UUID]) -> tuple[OpenedHome, ...]:
        wanted = set(person_ids)
        return tuple(home for _, home in sorted(self._homes.items()) if home.person_id in wanted)

    def people(self) -> tuple[UUID, ...]:
        return tuple(sorted({home.person_id for home in self._homes.values()}))

    def forget(self, home: OpenedHome) -> None:
        self._homes.pop((home.team, home.user), None)

    def forget_before(self, moment: datetime) -> int:
        old = [home for home in self._homes.values() if home.opened_at < moment]
        for home in old:
            self.forget(home)
        return len(old)

    def decided(self, environment_ids: Iterable[UUID], since: datetime, limit: int) -> tuple[Promotion, ...]:
        wanted = set(environment_ids)
        lately = [
            (each.decided_at, each.id)
            for each in self._promotions.values()
            if each.target.id in wanted and each.decided_at and each.decided_at > since
        ]
        return tuple(self._promotions[id] for _, id in sorted(lately, reverse=True))[:limit]
