"""The evidence of a decision, by button and by command alike."""

from __future__ import annotations

from uuid import UUID

from bot.slack.door import Door
from bot.slack.requesting import card_link
from bot.slack.views import answers
from bot.slack.views.message import Message
from core.domain.people import Actor


async def evidence(door: Door, actor: Actor, promotion_id: UUID) -> Message:
    """What names the evidence, and where the packet is. Raises NotFoundError while it is undecided."""
    reading = door.countersign.reading
    packet = await reading.evidence(actor, promotion_id)
    link = await card_link(door, await reading.summary_message(actor, promotion_id))
    return answers.evidence(await reading.promotion(actor, promotion_id), packet, link)
