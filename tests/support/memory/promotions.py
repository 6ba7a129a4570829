"""Promotions in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.app.pages import Mark, Page, PageRequest
from core.app.ports import PromotionFilter
from core.domain.promotion import Promotion, Status
from core.errors import (
    AlreadyVotedError,
    PromotionAlreadyOpenError,
    StaleVersionError,
)
from tests.support.memory.tables import paged


class MemoryPromotions:
    def __init__(self, promotions: dict[UUID, Promotion]) -> None:
        self._promotions = promotions

    def get(self, id: UUID) -> Promotion | None:
        return self._promotions.get(id)

    def add(self, promotion: Promotion) -> None:
        others = self.open_ids(release_id=promotion.release_id, environment_id=promotion.target.id)
        for id in others if promotion.is_open else ():
            raise PromotionAlreadyOpenError("There is an open one already", promotionId=str(id))
        self._promotions[promotion.id] = promotion

    def save(self, promotion: Promotion) -> Promotion:
        stored = self._promotions.get(promotion.id)
        if stored is None or stored.version != promotion.version:
            raise StaleVersionError("Somebody else changed this promotion")
        votes = (*stored.votes, *promotion.votes[len(stored.votes) :])
        if len({vote.person_id for vote in votes}) < len(votes):
            raise AlreadyVotedError("This person has already voted")
        saved = replace(promotion, version=promotion.version + 1)
        self._promotions[promotion.id] = replace(saved, votes=votes)
        return saved

    def page(self, wanted: PromotionFilter, request: PageRequest) -> Page[Promotion]:
        newest_first = [each for each in reversed(self._oldest_first()) if _matches(each, wanted)]
        return paged(newest_first, request, lambda each: Mark("promotions", each.requested_at, each.id))

    def open_ids(self, *, release_id: UUID | None = None, environment_id: UUID | None = None) -> tuple[UUID, ...]:
        wanted = PromotionFilter(release_id=release_id, environment_id=environment_id)
        return tuple(each.id for each in self._oldest_first() if each.is_open and _matches(each, wanted))

    def open_of_component(self, component: str, environment_id: UUID) -> tuple[Promotion, ...]:
        ids = self.open_ids(environment_id=environment_id)
        return tuple(self._promotions[id] for id in ids if self._promotions[id].component == component)

    def awaiting(self) -> tuple[Promotion, ...]:
        return tuple(each for each in self._oldest_first() if each.status is Status.AWAITING_APPROVAL)

    def due(self, now: datetime, limit: int) -> tuple[UUID, ...]:
        overdue = [
            (each.expires_at, each.id)
            for each in self._promotions.values()
            if each.expires_at is not None and each.expired_at(now)
        ]
        return tuple(id for _, id in sorted(overdue))[:limit]

    def to_look_at(self, now: datetime, limit: int) -> tuple[UUID, ...]:
        passed = [
            (each.outlook.changes_at, each.id)
            for each in self._promotions.values()
            if each.is_open and each.outlook.changes_at and each.outlook.changes_at <= now
        ]
        return tuple(id for _, id in sorted(passed))[:limit]

    def next_look(self) -> datetime | None:
        looks = (each.outlook.changes_at for each in self._promotions.values() if each.is_open)
        return min(filter(None, looks), default=None)

    def _oldest_first(self) -> list[Promotion]:
        return sorted(self._promotions.values(), key=lambda each: (each.requested_at, each.id))


def _matches(promotion: Promotion, wanted: PromotionFilter) -> bool:
    return (
        (not wanted.statuses or promotion.status in wanted.statuses)
        and wanted.release_id in {None, promotion.release_id}
        and wanted.environment_id in {None, promotion.target.id}
        and wanted.requested_by in {None, promotion.requested_by.id}
    )
