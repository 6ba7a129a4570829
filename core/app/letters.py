"""What one direct message is about: the promotions in it, as they stand for the person who reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from core.app.ports import Store
from core.app.reading import PromotionView, promotion_view
from core.domain.notices import Notice
from core.domain.promotion import Promotion, Status

DIGEST_SHOWN = 20
"""So many promotions are shown in one digest; the others are counted."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One direct message: `key` names it for good. A digest is about several promotions.

    `views` are those that are shown, what waits for the person first; `waiting` counts all that do, and `unseen` those
    that are not shown.
    """

    key: str
    notices: tuple[Notice, ...]
    views: tuple[PromotionView, ...]
    waiting: int = 0
    unseen: int = 0

    @property
    def is_digest(self) -> bool:
        """Whether it may be about several promotions."""
        return self.key.startswith("digest:")


def letter(store: Store, key: str, notices: Iterable[Notice], person_id: UUID) -> Letter:
    """What a message with these notices says now. However many promotions it is about, only those shown cost much."""
    held = tuple(notices)
    promotions = store.notices.promotions({each.promotion_id for each in held})
    waiting = _waiting_for(store, promotions, person_id)
    ordered = sorted(promotions, key=lambda each: each.id not in waiting)
    views = tuple(promotion_view(store, each.id, person_id) for each in ordered[:DIGEST_SHOWN])
    return Letter(key, held, views, len(waiting), len(ordered) - len(views))


def _waiting_for(store: Store, promotions: Iterable[Promotion], person_id: UUID) -> frozenset[UUID]:
    asking = [each for each in promotions if each.status is Status.AWAITING_APPROVAL]
    voters = frozenset[UUID]().union({person_id}, *(each.approvers for each in asking))
    electorate = store.people.electorate((policy for each in asking for policy in each.policies), voters)
    return frozenset(each.id for each in asking if person_id in each.may_still_approve(electorate))
