"""The evidence of a decision: what names it, and its files for other tools."""

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


async def share_exports(door: Door, actor: Actor, promotion_id: UUID) -> Message:
    """Have the forms for other tools put into the summary's thread. Raises NotFoundError where there are none."""
    return answers.shared(await door.countersign.sharing.share(actor, promotion_id))
