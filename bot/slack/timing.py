"""Putting a promotion off until its gates pass, and lifting a freeze for it, by button, modal and command alike."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bot.slack.door import Door
from bot.slack.views import answers
from bot.slack.views.message import Message
from core.app.emergencies import LiftFreeze
from core.domain.people import Actor


async def defer(door: Door, actor: Actor, promotion_id: UUID) -> Message:
    """Have approvers asked when the gates pass, and say when that is."""
    return answers.deferred(await door.countersign.emergencies.defer(actor, promotion_id))


async def lift(door: Door, actor: Actor, promotion_id: UUID, reason: str, until: datetime) -> Message:
    """Lift freezes for a promotion, and say what that did."""
    return answers.lifted(await door.countersign.emergencies.lift(actor, LiftFreeze(promotion_id, reason, until)))
