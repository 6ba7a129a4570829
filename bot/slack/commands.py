"""Slash commands: parse, act, and answer in the acknowledgement, where only the asker sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from bot.slack.asking import ask, remind
from bot.slack.door import Door
from bot.slack.grammar import Ask, Deed, Help, Names, UsageError, Verb, read_promote, read_promotions
from bot.slack.ids import CommandName, ListValue
from bot.slack.looking import approvals_page, details, promotions_page
from bot.slack.naming import promotion_id, resolved
from bot.slack.payloads import SlashCommand
from bot.slack.proving import evidence
from bot.slack.quiet_words import read_approvals
from bot.slack.requesting import open_form
from bot.slack.timing import defer, lift
from bot.slack.views import answers
from bot.slack.views.details_modal import details_message
from bot.slack.views.help import help_message
from bot.slack.views.message import Message
from bot.slack.views.refusals import usage
from bot.slack.wishes import answer_wish
from core.app.deciding import CancelPromotion, CastVote
from core.app.requesting import RequestPromotion
from core.domain.people import Actor
from core.domain.promotion import VoteChoice
from core.errors import NotFoundError

Answered = Message | None
"""What the asker sees; nothing where a modal has opened."""


async def answer_command(door: Door, actor: Actor, command: SlashCommand) -> Answered:
    """Answer any slash command."""
    try:
        return await COMMANDS[command.command](door, actor, command)
    except UsageError as error:
        return usage(error.problem, error.examples)


async def _promote(door: Door, actor: Actor, command: SlashCommand) -> Answered:
    asked = read_promote(command.text)
    if asked is None:
        channels = (command.channel_id, f"#{command.channel_name}")
        return await open_form(door, actor, command, channels=channels)
    if isinstance(asked, Help):
        return help_message()
    return await _request(door, actor, asked)


async def _request(door: Door, actor: Actor, asked: Ask) -> Message:
    release, environment = await resolved(door.countersign, actor, asked.names)
    wanted = RequestPromotion(release.id, environment.id, asked.reason)
    promotion = await door.countersign.requesting.request(actor, wanted)
    return answers.requested(promotion, environment.slack_channel)


async def _approvals(door: Door, actor: Actor, command: SlashCommand) -> Answered:
    wish = read_approvals(command.text)
    if isinstance(wish, Help):
        return help_message()
    if wish is None:
        return await approvals_page(door.countersign, actor)
    return await answer_wish(door, actor, command, wish)


async def _promotions(door: Door, actor: Actor, command: SlashCommand) -> Answered:
    typed = read_promotions(command.text)
    if isinstance(typed, Help):
        return help_message()
    if isinstance(typed, ListValue):
        return await promotions_page(door.countersign, actor, typed)
    return await DEEDS[typed.verb](door, actor, typed)


async def _show(door: Door, actor: Actor, deed: Deed) -> Message:
    found = await promotion_id(door.countersign, actor, deed.subject)
    return details_message(await details(door.countersign, actor, found))


async def _evidence(door: Door, actor: Actor, deed: Deed) -> Message:
    return await evidence(door, actor, await promotion_id(door.countersign, actor, deed.subject))


async def _ask(door: Door, actor: Actor, deed: Deed) -> Message:
    return await ask(door, actor, await promotion_id(door.countersign, actor, deed.subject), deed.words)


async def _remind(door: Door, actor: Actor, deed: Deed) -> Message:
    return await remind(door, actor, await promotion_id(door.countersign, actor, deed.subject))


async def _preview(door: Door, actor: Actor, deed: Deed) -> Message:
    if not isinstance(deed.subject, Names):
        raise NotFoundError(
            "A preview needs a release and an environment", hint="Try `/promotions preview shop-1.4.2 to production`."
        )
    release, environment = await resolved(door.countersign, actor, deed.subject)
    previewed = await door.countersign.evaluating.preview(actor, release.id, environment.id)
    return answers.previewed(release.name, environment.name, previewed)


async def _defer(door: Door, actor: Actor, deed: Deed) -> Message:
    return await defer(door, actor, await promotion_id(door.countersign, actor, deed.subject))


async def _lift_freeze(door: Door, actor: Actor, deed: Deed) -> Message:
    found = await promotion_id(door.countersign, actor, deed.subject)
    until = door.countersign.ports.clock() + (deed.span or timedelta())
    return await lift(door, actor, found, deed.words, until)


async def _approve(door: Door, actor: Actor, deed: Deed) -> Message:
    return await _vote(door, actor, deed, VoteChoice.APPROVED)


async def _reject(door: Door, actor: Actor, deed: Deed) -> Message:
    return await _vote(door, actor, deed, VoteChoice.REJECTED)


async def _vote(door: Door, actor: Actor, deed: Deed, choice: VoteChoice) -> Message:
    found = await promotion_id(door.countersign, actor, deed.subject)
    await door.countersign.deciding.vote(actor, CastVote(found, choice, deed.words))
    return answers.done(await door.countersign.reading.promotion(actor, found), choice.value)


async def _cancel(door: Door, actor: Actor, deed: Deed) -> Message:
    found = await promotion_id(door.countersign, actor, deed.subject)
    await door.countersign.deciding.cancel(actor, CancelPromotion(found, deed.words))
    return answers.done(await door.countersign.reading.promotion(actor, found), "cancelled")


COMMANDS: Mapping[CommandName, Callable[[Door, Actor, SlashCommand], Awaitable[Answered]]] = {
    CommandName.PROMOTE: _promote,
    CommandName.PROMOTIONS: _promotions,
    CommandName.APPROVALS: _approvals,
}

DEEDS: Mapping[Verb, Callable[[Door, Actor, Deed], Awaitable[Message]]] = {
    Verb.SHOW: _show,
    Verb.APPROVE: _approve,
    Verb.REJECT: _reject,
    Verb.CANCEL: _cancel,
    Verb.EVIDENCE: _evidence,
    Verb.ASK: _ask,
    Verb.REMIND: _remind,
    Verb.DEFER: _defer,
    Verb.LIFT_FREEZE: _lift_freeze,
    Verb.PREVIEW: _preview,
}
