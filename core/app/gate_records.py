"""What is remembered for gates alone: ticked checklist items, and what services were asked."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from core.domain.checklist import Tick
from core.domain.gate_question import GateQuestion


class Ticks(Protocol):
    """Ticked items of promotions' checklists."""

    def of(self, promotion_id: UUID) -> tuple[Tick, ...]:
        """What is ticked on a promotion's checklist, in the order of ticking."""
        ...

    def add(self, tick: Tick) -> bool:
        """Store a tick; False, and nothing changes, where the item is ticked."""
        ...

    def drop(self, promotion_id: UUID, item: str) -> None:
        """The item is not ticked any more."""
        ...


class GateQuestions(Protocol):
    """Questions to services, at most one for each promotion and service."""

    def get(self, id: UUID) -> GateQuestion | None:
        """The question with that id."""
        ...

    def of(self, promotion_id: UUID) -> tuple[GateQuestion, ...]:
        """All about a promotion, by service."""
        ...

    def put(self, question: GateQuestion) -> None:
        """Store a question in place of what was there for its promotion and service."""
        ...
