"""Questions and reminders, by button and by command alike."""

from __future__ import annotations

from uuid import UUID

from bot.slack.door import Door
from bot.slack.views import answers
from bot.slack.views.message import Message
from core.app.asking import AskQuestion
from core.domain.people import Actor


async def remind(door: Door, actor: Actor, promotion_id: UUID) -> Message:
    """Have the approvers told again, and say who they are."""
    told = await door.countersign.asking.remind(actor, promotion_id)
    view = await door.countersign.reading.promotion(actor, promotion_id)
    return answers.reminded(view.promotion, told)


async def ask(door: Door, actor: Actor, promotion_id: UUID, question: str) -> Message:
    """Ask the requester something, in the card's thread."""
    promotion = await door.countersign.asking.ask(actor, AskQuestion(promotion_id, question))
    return answers.asked(promotion)
