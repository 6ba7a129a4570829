"""Shortcuts: from anywhere in Slack, and on a message that is about a release."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.slack.door import Door
from bot.slack.ids import RequestValue, ShortcutId
from bot.slack.payloads import Shortcut
from bot.slack.requesting import open_form
from bot.slack.views.message import Message
from core.domain.people import Actor

_NOT_FOUND = "I found no release that I know in that message. Choose one."


async def answer_shortcut(door: Door, actor: Actor, shortcut: Shortcut) -> Message | None:
    """Do what a shortcut is for; says why where that was not possible. One that we do not offer does nothing."""
    try:
        chosen = ShortcutId(shortcut.callback_id)
    except ValueError:
        return None
    return await SHORTCUTS[chosen](door, actor, shortcut)


async def _request(door: Door, actor: Actor, shortcut: Shortcut) -> Message | None:
    return await open_form(door, actor, shortcut)


async def _promote_message(door: Door, actor: Actor, shortcut: Shortcut) -> Message | None:
    release = await door.countersign.preparing.release_named_in(actor, shortcut.words)
    chosen = RequestValue(release_id=release.id if release else None)
    channels = shortcut.channel.called if shortcut.channel else ()
    note = "" if release else _NOT_FOUND
    return await open_form(door, actor, shortcut, chosen, channels=channels, note=note)


SHORTCUTS: Mapping[ShortcutId, Callable[[Door, Actor, Shortcut], Awaitable[Message | None]]] = {
    ShortcutId.REQUEST: _request,
    ShortcutId.PROMOTE_MESSAGE: _promote_message,
}
