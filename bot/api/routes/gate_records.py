"""What gates wait for: checklists, and answers of services."""

from __future__ import annotations

from uuid import UUID

from bot.api.endpoint import Call, Endpoint, OpenCall
from bot.api.paths import BASE
from bot.api.schemas.gate_records import (
    AnsweredShown,
    GateAnswer,
    ItemShown,
    TickBody,
    answered_of,
    items_of,
)

TAG = "Gates"
_TICKING = ("separation_of_duties", "not_in_approver_list", "may_not_vote", "already_decided")


async def get_checklist(call: Call, id: UUID) -> list[ItemShown]:
    """Get the checklist of a promotion.

    The items of its environment's `manual-gate`, in their order; none where it has no such gate.
    """
    return items_of(await call.countersign.checking.checklist(call.actor, id))


async def tick_item(call: Call, id: UUID, body: TickBody) -> list[ItemShown]:
    """Tick an item, or take it back.

    By a member of the item's group while the promotion is open; under separation of duties not by the requester. Saying
    twice what is so already changes nothing. The answer is the checklist as it is then.
    """
    return items_of(await call.countersign.checking.tick(call.actor, body.command(id)))


async def answer_gate_question(call: OpenCall, id: UUID, body: GateAnswer) -> AnsweredShown:
    """Answer a question.

    For a service that a `webhook-gate` has asked and that answered 202: `id` and `token` came with the question, and
    are good for one answer while the promotion is open. The gates are looked at again at once.
    """
    return answered_of(await call.countersign.consulting.answer(body.command(id)))


_CHECKLIST = f"{BASE}/promotions/{{id}}/checklist"

ENDPOINTS = (
    Endpoint("GET", _CHECKLIST, get_checklist, TAG, needs="reader"),
    Endpoint("POST", _CHECKLIST, tick_item, TAG, needs="a member of the item's group", errors=_TICKING),
    Endpoint(
        "POST",
        f"{BASE}/gate-answers/{{id}}",
        answer_gate_question,
        TAG,
        needs="the token of the question, in the body",
        errors=("conflict", "already_decided"),
    ),
)
