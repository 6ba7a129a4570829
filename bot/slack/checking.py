"""The checklist in Slack: opened from the card, ticked in place."""

from __future__ import annotations

from bot.slack.door import Door
from bot.slack.ids import PromotionValue, TickValue
from bot.slack.payloads import Click
from bot.slack.views.checklist_modal import checklist_modal
from bot.slack.views.refusals import refusal_words
from core.app.checking import TickItem
from core.domain.people import Actor
from core.errors import DomainError


async def show_checklist(door: Door, actor: Actor, click: Click) -> None:
    """Open the checklist, or say how else an item can be ticked."""
    promotion_id = PromotionValue.loads(click.action.value).promotion_id
    checklist = await door.countersign.checking.checklist(actor, promotion_id)
    typed = f"/promotions show {promotion_id}"
    if trouble := await door.open_modal(click.asker, click.trigger_id, checklist_modal(checklist), typed):
        door.replies.tell(click, trouble)


async def tick(door: Door, actor: Actor, click: Click) -> None:
    """Tick an item or take it back, and show the checklist as it is then; a refusal is said in the modal itself."""
    value = TickValue.loads(click.action.value)
    problem = ""
    try:
        checklist = await door.countersign.checking.tick(actor, TickItem(value.promotion_id, value.item, value.ticked))
    except DomainError as error:
        problem = refusal_words(error)
        checklist = await door.countersign.checking.checklist(actor, value.promotion_id)
    if click.view:
        shown = checklist_modal(checklist, problem)
        door.replies.later(door.update_modal(click.asker, click.view.id, click.view.hash, shown))
