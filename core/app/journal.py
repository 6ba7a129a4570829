"""What every use case leaves behind in its transaction: audit entries, and errands for after the commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.app.outbox import Errand
from core.app.ports import Store
from core.domain.events import LOGGED, Action, Event
from core.domain.people import SYSTEM, Actor
from core.evidence.log.entries import audit_entry

REFRESH = (Errand.CARD, Errand.NOTICES, Errand.HOMES)
"""What people look at while a promotion is open."""


@dataclass(frozen=True, slots=True)
class Journal:
    """The pen of one use case: one actor, one moment, one transaction."""

    store: Store
    actor: Actor
    now: datetime

    def by_system(self) -> Journal:
        """The pen for what follows of itself from what the actor does."""
        actor = Actor(SYSTEM.ref, SYSTEM.door, correlation_id=self.actor.correlation_id)
        return Journal(self.store, actor, self.now)

    def note(self, action: Action, subject_id: UUID, **details: Any) -> None:
        """Write an audit entry; `details` in lowerCamelCase. What is in `LOGGED` becomes a leaf of the log as well."""
        event = Event(
            action=action,
            at=self.now,
            actor=self.actor.ref,
            door=self.actor.door,
            subject_id=subject_id,
            details=details,
            correlation_id=self.actor.correlation_id,
        )
        self.store.audit.add(event)
        if action in LOGGED:
            self.store.log.append(audit_entry(event))

    def tell(self, subject_id: UUID, *errands: Errand) -> None:
        """Ask for errands about one promotion."""
        self.store.outbox.put_all(errands, subject_id, self.now, self.actor.correlation_id)

    def refresh_each(self, promotion_ids: Iterable[UUID]) -> None:
        """Have what people look at brought up to date for many promotions at one go."""
        ids = tuple(promotion_ids)
        for errand in REFRESH:
            self.store.outbox.put_each(errand, ids, self.now)

    def look_again(self, promotion_ids: Iterable[UUID]) -> None:
        """Have the gates of these promotions evaluated after the commit."""
        for promotion_id in promotion_ids:
            self.tell(promotion_id, Errand.EVALUATE)
