"""The decision record: what was decided on a promotion, on which gates and by whom (API document)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.domain.gate_result import GateResult
from core.domain.promotion import Promotion, Status, Vote


class Decision(StrEnum):
    """Whether the release may go. A rejected or cancelled promotion is a `deny`."""

    PENDING = "pending"
    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """What stands in the record; `decided_at` is None while the decision is pending."""

    promotion_id: UUID
    decision: Decision
    decided_at: datetime | None
    gates: tuple[GateResult, ...]
    approvals: tuple[Vote, ...]


def decision_of(promotion: Promotion) -> Decision:
    """What the status means for the release: once allowed, a failing deployment does not turn it into a denial."""
    if promotion.is_open:
        return Decision.PENDING
    denied = promotion.status in {Status.REJECTED, Status.CANCELLED}
    return Decision.DENY if denied else Decision.ALLOW


def decision_record(promotion: Promotion) -> DecisionRecord:
    """The record of a promotion, decided or not."""
    return DecisionRecord(promotion.id, decision_of(promotion), promotion.decided_at, promotion.gates, promotion.votes)
