"""Lifting freezes in an emergency, and putting a promotion off until its gates pass."""

from __future__ import annotations

from uuid import UUID

from bot.api.endpoint import Call, Endpoint
from bot.api.paths import BASE
from bot.api.schemas.emergencies import FreezeExemptionBody
from bot.api.schemas.promotions import PromotionShown, promotion_of
from core.app.emergencies import LiftFreeze

TAG = "Promotions"


async def lift_freeze(call: Call, id: UUID, body: FreezeExemptionBody) -> PromotionShown:
    """Lift freezes for a promotion.

    For emergencies: freeze windows do not hold this promotion back until the time that is named; no other gate is
    lifted. Its gates are looked at again at once. The role `emergency` is needed, which administrators do not have by
    themselves, and separation of duties: neither the requester nor anybody who has voted, and no approval afterwards.
    """
    await call.countersign.emergencies.lift(call.actor, LiftFreeze(id, body.reason, body.until))
    return promotion_of(await call.countersign.reading.promotion(call.actor, id))


async def defer_promotion(call: Call, id: UUID) -> PromotionShown:
    """Put a promotion off until its gates pass.

    To the moment that is forecast (`earliestPassingAt`). It goes on by itself then; approvers have their full time from
    then on, and the requester is told in the card's thread.
    """
    await call.countersign.emergencies.defer(call.actor, id)
    return promotion_of(await call.countersign.reading.promotion(call.actor, id))


ENDPOINTS = (
    Endpoint(
        "POST",
        f"{BASE}/promotions/{{id}}/freeze-exemption",
        lift_freeze,
        TAG,
        needs="a person with the role emergency",
        errors=("separation_of_duties", "may_not_vote", "already_decided", "conflict"),
    ),
    Endpoint(
        "POST",
        f"{BASE}/promotions/{{id}}/defer",
        defer_promotion,
        TAG,
        needs="the requester, or admin",
        errors=("already_decided", "transition_not_allowed"),
    ),
)
