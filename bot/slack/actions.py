"""Buttons and menus: parse what they carry, act, and answer after the acknowledgement."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bot.slack.asking import remind
from bot.slack.checking import show_checklist, tick
from bot.slack.door import Door
from bot.slack.ids import ActionId, ListValue, MenuValue, PageValue, PromotionValue, RequestValue, StepValue, brief
from bot.slack.looking import approvals_page, details, promotions_page
from bot.slack.payloads import Click
from bot.slack.proving import evidence, share_exports
from bot.slack.requesting import open_form, show_preview
from bot.slack.timing import defer
from bot.slack.views import answers
from bot.slack.views.ahead import lift_modal
from bot.slack.views.details_modal import details_modal
from bot.slack.views.drifted import changes_words, drifted, newly_drawn
from bot.slack.views.message import Message
from bot.slack.views.reject_modal import approve_modal, ask_modal, cancel_modal, reject_modal
from core.app.deciding import CastVote
from core.domain.people import Actor
from core.domain.promotion import Promotion, VoteChoice
from core.domain.seen import seen_digest
from core.errors import CardDriftedError


@dataclass(frozen=True, slots=True)
class Dialog:
    """A modal that asks for words, and what can be typed instead."""

    view: Callable[[Promotion], dict[str, Any]]
    typed: str


LIFT_TYPED = "/promotions lift-freeze {id} 4h REASON"
REJECT = Dialog(reject_modal, "/promotions reject {id} REASON")
MENU: Mapping[ActionId, Dialog] = {
    ActionId.APPROVE_WITH_COMMENT: Dialog(approve_modal, "/promotions approve {id} COMMENT"),
    ActionId.ASK: Dialog(ask_modal, "/promotions ask {id} QUESTION"),
    ActionId.CANCEL: Dialog(cancel_modal, "/promotions cancel {id} REASON"),
}

TOLD: Mapping[ActionId, Callable[[Door, Actor, UUID], Awaitable[Message]]] = {
    ActionId.REMIND: remind,
    ActionId.EVIDENCE: evidence,
}


async def answer_click(door: Door, actor: Actor, click: Click) -> None:
    """Do what a button or menu is for; those that have nothing to do (a link) need no answer."""
    try:
        action = ActionId(click.action.action_id)
    except ValueError:
        return
    if action in ACTIONS:
        await ACTIONS[action](door, actor, click)


async def _approve(door: Door, actor: Actor, click: Click) -> None:
    value = PromotionValue.loads(click.action.value)
    try:
        await door.countersign.deciding.vote(actor, CastVote(value.promotion_id, VoteChoice.APPROVED, seen=value.seen))
    except CardDriftedError as error:
        fresh = await door.countersign.reading.promotion(actor, value.promotion_id)
        door.replies.tell(click, drifted(fresh, changes_words(error)))
        return
    if click.view and click.view.type == "home":
        await door.show_home(actor, click.asker)
    if not click.on_direct_message:
        # In a direct message the asking message itself is brought up to date by the delivery that the vote has asked
        # for; replacing it from here as well could put an older state over a newer one.
        door.replies.later(_confirmed(door, actor, click, value.promotion_id))


async def _confirmed(door: Door, actor: Actor, click: Click, promotion_id: UUID) -> None:
    """Confirm to the voter alone, after the acknowledgement: that need not wait for what is read for it."""
    view = await door.countersign.reading.promotion(actor, promotion_id)
    door.replies.tell(click, answers.done(view, VoteChoice.APPROVED.value))


async def _reject(door: Door, actor: Actor, click: Click) -> None:
    await _ask(door, actor, click, PromotionValue.loads(click.action.value), REJECT)


async def _more(door: Door, actor: Actor, click: Click) -> None:
    chosen = click.action.selected_option
    value = MenuValue.loads(chosen.value if chosen else "")
    if value.action is ActionId.LIFT_FREEZE:
        await _ask(door, actor, click, value, Dialog(_lift_modal(door), LIFT_TYPED))
    elif value.action in MENU:
        await _ask(door, actor, click, value, MENU[value.action])
    elif value.action in TOLD:
        door.replies.tell(click, await TOLD[value.action](door, actor, value.promotion_id))


async def _ask(door: Door, actor: Actor, click: Click, value: PromotionValue | MenuValue, dialog: Dialog) -> None:
    """Ask for words; a promotion that was decided meanwhile, or is not as it was shown, says so at once."""
    view = await door.countersign.reading.promotion(actor, value.promotion_id)
    view.promotion.require_open()
    if value.seen and value.seen != brief(seen_digest(view.promotion)):
        door.replies.tell(click, drifted(view, newly_drawn()))
        return
    await _open(door, click, dialog.view(view.promotion), dialog.typed.format(id=value.promotion_id))


async def _defer(door: Door, actor: Actor, click: Click) -> None:
    promotion_id = PromotionValue.loads(click.action.value).promotion_id
    door.replies.tell(click, await defer(door, actor, promotion_id))


def _lift_modal(door: Door) -> Callable[[Promotion], dict[str, Any]]:
    return lambda promotion: lift_modal(promotion, door.countersign.ports.clock())


async def _details(door: Door, actor: Actor, click: Click) -> None:
    promotion_id = PromotionValue.loads(click.action.value).promotion_id
    modal = details_modal(await details(door.countersign, actor, promotion_id))
    await _open(door, click, modal, f"/promotions show {promotion_id}")


async def _share(door: Door, actor: Actor, click: Click) -> None:
    door.replies.tell(click, await share_exports(door, actor, PromotionValue.loads(click.action.value).promotion_id))


async def _request(door: Door, actor: Actor, click: Click) -> None:
    """Open the request form: with what an announcement's button carries, or with what is usual."""
    chosen = RequestValue.loads(click.action.value) if click.action.value else None
    channels = (click.channel.id,) if click.channel else ()
    if trouble := await open_form(door, actor, click, chosen, channels=channels):
        door.replies.tell(click, trouble)


async def _open(door: Door, click: Click, modal: dict[str, Any], typed: str) -> None:
    if trouble := await door.open_modal(click.asker, click.trigger_id, modal, typed):
        door.replies.tell(click, trouble)


async def _turn_page(door: Door, actor: Actor, click: Click) -> None:
    shown = ListValue.loads(click.action.value)
    door.replies.tell(click, await promotions_page(door.countersign, actor, shown), in_place=True)


async def _turn_waiting(door: Door, actor: Actor, click: Click) -> None:
    page = PageValue.loads(click.action.value).page
    door.replies.tell(click, await approvals_page(door.countersign, actor, page), in_place=True)


async def _confirm_step(door: Door, actor: Actor, click: Click) -> None:
    """The message that asked is brought up to date by the delivery that follows."""
    await door.countersign.workflows.confirm(actor, StepValue.loads(click.action.value).step_id)


async def _decline_step(door: Door, actor: Actor, click: Click) -> None:
    await door.countersign.workflows.decline(actor, StepValue.loads(click.action.value).step_id)


ACTIONS: Mapping[ActionId, Callable[[Door, Actor, Click], Awaitable[None]]] = {
    ActionId.APPROVE: _approve,
    ActionId.REJECT: _reject,
    ActionId.DEFER: _defer,
    ActionId.MORE: _more,
    ActionId.DETAILS: _details,
    ActionId.CHECKLIST: show_checklist,
    ActionId.TICK: tick,
    ActionId.EXPORTS: _share,
    ActionId.REQUEST: _request,
    ActionId.RELEASE: show_preview,
    ActionId.ENVIRONMENT: show_preview,
    ActionId.NEWER: _turn_page,
    ActionId.OLDER: _turn_page,
    ActionId.WAITING_PAGE: _turn_waiting,
    ActionId.CONFIRM_STEP: _confirm_step,
    ActionId.DECLINE_STEP: _decline_step,
}
