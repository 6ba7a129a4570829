"""Notices, preferences and troubles in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from core.app.telling import ChannelTrouble
from core.domain.notices import Notice
from core.domain.promotion import Promotion
from core.domain.quiet import Preferences

Key = tuple[UUID, UUID, str]


class MemoryNotices:
    def __init__(self, rows: dict[Key, Notice], promotions: dict[UUID, Promotion]) -> None:
        self._rows = rows
        self._promotions = promotions

    def add(self, notices: Iterable[Notice]) -> None:
        for notice in notices:
            self._rows.setdefault(_key(notice), notice)

    def put(self, notices: Iterable[Notice]) -> None:
        self._rows.update({_key(notice): notice for notice in notices})

    def drop(self, notice: Notice) -> None:
        if self._rows[_key(notice)].told_at is None:
            del self._rows[_key(notice)]

    def of(self, promotion_id: UUID) -> tuple[Notice, ...]:
        return tuple(each for each in self._ordered() if each.promotion_id == promotion_id)

    def waiting(self, person_id: UUID) -> tuple[Notice, ...]:
        return tuple(each for each in self._ordered() if each.person_id == person_id and each.told_at is None)

    def told_since(self, person_id: UUID, moment: datetime) -> tuple[Notice, ...]:
        own = (each for each in self._ordered() if each.person_id == person_id)
        return tuple(each for each in own if each.told_at is not None and each.told_at > moment)

    def first_told(self, promotion_ids: Iterable[UUID]) -> Mapping[tuple[UUID, UUID], datetime]:
        wanted, found = set(promotion_ids), dict[tuple[UUID, UUID], datetime]()
        for each in self._rows.values():
            if each.promotion_id in wanted and each.told_at is not None:
                key = (each.promotion_id, each.person_id)
                found[key] = min(each.told_at, found.get(key, each.told_at))
        return found

    def promotions(self, ids: Iterable[UUID]) -> tuple[Promotion, ...]:
        found = (self._promotions[id] for id in set(ids) if id in self._promotions)
        return tuple(sorted(found, key=lambda each: (each.requested_at, each.id)))

    def people_due(self, now: datetime) -> tuple[UUID, ...]:
        due = {each.person_id for each in self._rows.values() if each.told_at is None and each.due_at <= now}
        return tuple(sorted(due))

    def _ordered(self) -> list[Notice]:
        return sorted(self._rows.values(), key=lambda each: (each.wanted_at, *_key(each)))


class MemoryPreferences:
    def __init__(self, rows: dict[UUID, Preferences]) -> None:
        self._rows = rows

    def of(self, person_id: UUID) -> Preferences:
        return self._rows.get(person_id, Preferences(person_id))

    def put(self, preferences: Preferences) -> None:
        self._rows[preferences.person_id] = preferences


class MemoryTroubles:
    def __init__(self, rows: dict[UUID, ChannelTrouble]) -> None:
        self._rows = rows

    def get(self, environment_id: UUID) -> ChannelTrouble | None:
        return self._rows.get(environment_id)

    def all(self) -> tuple[ChannelTrouble, ...]:
        return tuple(sorted(self._rows.values(), key=lambda each: (each.since, each.environment_id)))

    def put(self, trouble: ChannelTrouble) -> None:
        self._rows[trouble.environment_id] = trouble

    def drop(self, environment_id: UUID) -> None:
        self._rows.pop(environment_id, None)


def _key(notice: Notice) -> Key:
    return notice.promotion_id, notice.person_id, notice.call.value
