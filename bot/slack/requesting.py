"""Opening the request form, and keeping it current while it is filled in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from uuid import UUID

import structlog
from slack_sdk.models.blocks import Option

from bot.slack.door import Door
from bot.slack.ids import ActionId, RequestValue
from bot.slack.payloads import Click, Shortcut, SlashCommand, Suggestion
from bot.slack.views.message import Message
from bot.slack.views.request_modal import RequestForm, environment_choice, release_choice, request_modal
from core.app.outbox import SentMessage
from core.domain.people import Actor
from core.domain.release import Release

OFFERED = 50
TYPED = "/promote RELEASE to ENVIRONMENT REASON"
_LINK_SECONDS = 1.0
"""A link is a courtesy: the form does not wait longer for it."""
_log = structlog.get_logger(__name__)


async def open_form(
    door: Door,
    actor: Actor,
    deed: SlashCommand | Click | Shortcut,
    chosen: RequestValue | None = None,
    *,
    channels: Iterable[str] = (),
    note: str = "",
) -> Message | None:
    """Open the form with what is `chosen`, or what is usual; says why where it did not open."""
    value = chosen or RequestValue()
    environment_id = value.environment_id
    if environment_id is None:
        usual = await door.countersign.preparing.usual_environment(actor, channels)
        environment_id = usual.id if usual else None
    form = await _form(door, actor, value.release_id, environment_id, note)
    return await door.open_modal(deed.asker, deed.trigger_id, request_modal(form), TYPED)


async def show_preview(door: Door, actor: Actor, click: Click) -> None:
    """Show what the request would meet as soon as something is chosen."""
    opened = click.view
    if opened is None:
        return
    release_id, environment_id = opened.chosen_id(ActionId.RELEASE), opened.chosen_id(ActionId.ENVIRONMENT)
    if environment_id is None:
        return
    form = await _form(door, actor, release_id, environment_id)
    # Slack refuses the hash of a form that was updated meanwhile, so a slow preview never replaces a newer one.
    door.replies.later(door.update_modal(click.asker, opened.id, opened.hash, request_modal(form)))


async def suggest(door: Door, actor: Actor, asked: Suggestion) -> list[Option]:
    """What fits to what has been typed so far."""
    if asked.action_id == ActionId.RELEASE:
        releases = await door.countersign.reading.search_releases(actor, asked.value.strip(), OFFERED)
        return [release_choice(release) for release in releases]
    if asked.action_id == ActionId.ENVIRONMENT:
        typed = asked.value.strip().casefold()
        environments = await door.countersign.reading.all_environments(actor)
        return [environment_choice(each) for each in environments if typed in each.name.casefold()][:OFFERED]
    return []


async def card_link(door: Door, card: SentMessage | None) -> str:
    """Where a promotion's card can be opened; empty where there is none, or Slack does not say in time."""
    if card is None:
        return ""
    try:
        async with asyncio.timeout(_LINK_SECONDS):
            client = await door.workspaces.client(card.team)
            answer = await client.chat_getPermalink(channel=card.channel, message_ts=card.ts)
    except Exception as error:
        # Without the link the words still say what is in the way.
        _log.info("a card has no link", error=type(error).__name__)
        return ""
    return str(answer.get("permalink") or "")


async def _form(
    door: Door, actor: Actor, release_id: UUID | None, environment_id: UUID | None, note: str = ""
) -> RequestForm:
    preparing = door.countersign.preparing
    if environment_id is None:
        return RequestForm(await _release(door, actor, release_id), note=note)
    preview = await preparing.preview(actor, release_id, environment_id)
    return RequestForm(preview.release, preview, await card_link(door, preview.card), note)


async def _release(door: Door, actor: Actor, release_id: UUID | None) -> Release | None:
    return await door.countersign.reading.release(actor, release_id) if release_id else None
