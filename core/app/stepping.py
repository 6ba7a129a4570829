"""What a decision brings about in workflows."""

from __future__ import annotations

from uuid import UUID

from core.app.journal import Journal
from core.app.outbox import Errand


def complete_waiting(journal: Journal, promotion_id: UUID) -> None:
    """A promotion is decided: the steps that wait for it have their answer. To be called after it is saved."""
    for step in journal.store.steps.waiting_for(promotion_id):
        journal.tell(step.id, Errand.STEP)
