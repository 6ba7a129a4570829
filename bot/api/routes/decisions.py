"""Deciding a promotion, and what is on record about it."""

from __future__ import annotations

from uuid import UUID

from bot.api.endpoint import Call, Endpoint
from bot.api.paths import BASE
from bot.api.schemas.decisions import (
    Approval,
    ApprovalOutcome,
    Approve,
    Cancel,
    DecisionShown,
    Reject,
    approval_of,
    decision_of,
    outcome_of,
)
from bot.api.schemas.promotions import PromotionShown, promotion_of
from core.app.deciding import CancelPromotion, CastVote
from core.domain.decision import decision_record
from core.domain.promotion import VoteChoice

DECIDING = "Decisions"
RECORD = "Evidence"
_VOTING = (
    "separation_of_duties",
    "not_in_approver_list",
    "may_not_vote",
    "already_decided",
    "already_voted",
    "signing_unavailable",
)


async def approve_promotion(call: Call, id: UUID, body: Approve) -> ApprovalOutcome:
    """Approve a promotion.

    Stores the caller's vote. The vote that completes the quorum evaluates all gates again and decides; where one
    blocks, or where `seenDigest` is given and no longer so, nothing is stored. Under separation of duties the
    requester cannot approve. One person has one vote.
    """
    await call.countersign.deciding.vote(call.actor, CastVote(id, VoteChoice.APPROVED, body.comment, body.seen_digest))
    return outcome_of(await call.countersign.reading.promotion(call.actor, id))


async def reject_promotion(call: Call, id: UUID, body: Reject) -> PromotionShown:
    """Reject a promotion.

    One rejection by somebody in the approver groups decides.
    """
    await call.countersign.deciding.vote(call.actor, CastVote(id, VoteChoice.REJECTED, body.reason))
    return promotion_of(await call.countersign.reading.promotion(call.actor, id))


async def cancel_promotion(call: Call, id: UUID, body: Cancel) -> PromotionShown:
    """Cancel a promotion.

    While it is `pending` or `awaiting_approval`.
    """
    await call.countersign.deciding.cancel(call.actor, CancelPromotion(id, body.reason))
    return promotion_of(await call.countersign.reading.promotion(call.actor, id))


async def get_decision(call: Call, id: UUID) -> DecisionShown:
    """Get the decision record.

    With the gates as they were when it was decided; `decision` is `pending` until then.
    """
    view = await call.countersign.reading.promotion(call.actor, id)
    return decision_of(decision_record(view.promotion))


async def list_approvals(call: Call, id: UUID) -> list[Approval]:
    """List the approvals.

    All votes on the promotion, in the order in which they were given.
    """
    view = await call.countersign.reading.promotion(call.actor, id)
    return [approval_of(vote) for vote in view.promotion.votes]


ENDPOINTS = (
    Endpoint(
        "POST",
        f"{BASE}/promotions/{{id}}/approve",
        approve_promotion,
        DECIDING,
        needs="approver",
        errors=(*_VOTING, "card_drifted", "gates_blocked"),
    ),
    Endpoint("POST", f"{BASE}/promotions/{{id}}/reject", reject_promotion, DECIDING, needs="approver", errors=_VOTING),
    Endpoint(
        "POST",
        f"{BASE}/promotions/{{id}}/cancel",
        cancel_promotion,
        DECIDING,
        needs="the requester, or admin",
        errors=("already_decided", "signing_unavailable"),
    ),
    Endpoint("GET", f"{BASE}/promotions/{{id}}/decision", get_decision, RECORD, needs="reader"),
    Endpoint("GET", f"{BASE}/promotions/{{id}}/approvals", list_approvals, RECORD, needs="reader"),
)
