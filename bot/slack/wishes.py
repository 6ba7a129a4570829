"""Quiet hours and snoozing, as typed behind `/approvals`."""

from __future__ import annotations

import asyncio

import structlog

from bot.slack.door import Door
from bot.slack.payload_parts import Asker
from bot.slack.payloads import SlashCommand
from bot.slack.quiet_words import Quiet, Snooze, Wish
from bot.slack.views.message import Message
from bot.slack.views.peace import peace
from core.domain.people import Actor

PATIENCE_SECONDS = 1.5
"""Slack waits three seconds for our answer."""
_log = structlog.get_logger(__name__)


async def answer_wish(door: Door, actor: Actor, command: SlashCommand, wish: Wish) -> Message:
    """Store what the person wants, and say what holds now."""
    notifying = door.countersign.notifying
    if isinstance(wish, Snooze):
        preferences = await notifying.snooze(actor, wish.time)
    elif isinstance(wish, Quiet):
        time_zone = await _time_zone(door, command.asker) if wish.hours else ""
        preferences = await notifying.quiet(actor, wish.hours, time_zone)
    else:
        preferences = await notifying.preferences(actor)
    return peace(preferences, door.countersign.ports.clock())


async def _time_zone(door: Door, asker: Asker) -> str:
    """The zone in the person's Slack profile; empty where Slack does not say, and then what was known stays."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            client = await door.client(asker)
            answer = await client.users_info(user=asker.user)
    except Exception as error:  # without an answer the hours are stored all the same, and the zone is shown
        _log.warning("users.info did not say the time zone", error=type(error).__name__)
        return ""
    profile = answer.get("user")
    found = profile.get("tz") if isinstance(profile, dict) else None
    return found if isinstance(found, str) and len(found) <= 64 else ""
