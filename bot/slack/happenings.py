"""What Slack tells of people, user groups and of ourselves, without anybody asking for anything."""

from __future__ import annotations

import structlog

from bot.logs import correlated
from bot.slack.door import Door
from bot.slack.event_payloads import Happening
from bot.slack.ids import EventName

_ABOUT_GROUPS = frozenset({EventName.SUBTEAM_CREATED, EventName.SUBTEAM_UPDATED, EventName.SUBTEAM_MEMBERS_CHANGED})
_ABOUT_PEOPLE = frozenset({EventName.USER_CHANGE, EventName.TEAM_JOIN})
_log = structlog.get_logger(__name__)


async def take_note(door: Door, happening: Happening) -> None:
    """Do what follows from it. Never raises: what could not be noted now is noticed later by looking again."""
    with correlated() as reference:
        try:
            await _noted(door, happening, reference)
        except Exception as error:
            _log.warning("an event could not be noted", type=happening.event.type, error=type(error).__name__)
            door.deliveries.forget(happening.delivery_id)


async def _noted(door: Door, happening: Happening, reference: str) -> None:
    name, event = happening.event.type, happening.event
    if not await door.workspaces.admits(happening.team, happening.enterprise):
        _log.info("an event of a workspace that we are not in", type=name, workspace=happening.team)
    elif name in _ABOUT_GROUPS:
        # What the event says may be older than what we know: it only tells us to look.
        await door.countersign.syncing.ask_soon(reference)
    elif name in _ABOUT_PEOPLE:
        await door.accounts.heard_of(happening.team, event.user, reference, enterprise=happening.enterprise)
    elif name == EventName.APP_UNINSTALLED or event.tokens.bot:
        await door.workspaces.lost(happening.team, happening.enterprise, name)
