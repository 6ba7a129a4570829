"""Who a Slack user is: accounts that we know, and, where that is switched on, people by their verified e-mail address.

`users.info` says whether an account may vote (deactivated, a bot, a guest, from another organisation). It is asked
when an account is first seen and once a day after that; when Slack does not answer, known accounts go on with what was
stored last. In an Enterprise Grid organisation an account may be that of the organisation: a user's id is the same in
all of its workspaces.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.gateways.slack_workspaces import Workspace, Workspaces
from core.app.countersign import Countersign
from core.domain.people import SYSTEM_REF, Actor, SlackAccount
from core.errors import UnknownPersonError

FRESH = timedelta(days=1)
AGAIN = timedelta(minutes=1)
"""How long Slack is left alone after it did not answer."""
PATIENCE_SECONDS = 1.5
"""Slack waits three seconds for our answer, and the vote is still to be stored."""
_REMEMBERED = 20_000
_LONGEST_ZONE = 64
_log = structlog.get_logger(__name__)


class SlackAccounts:
    """Recognises Slack users."""

    def __init__(self, workspaces: Workspaces, countersign: Countersign, match_email: bool = False) -> None:
        self._workspaces = workspaces
        self._countersign = countersign
        self._match_email = match_email
        self._due: OrderedDict[tuple[str, str], datetime] = OrderedDict()

    async def actor(self, team: str, user: str, correlation_id: str = "", *, enterprise: str = "") -> Actor:
        """The person behind an account. Raises UnknownPersonError."""
        who = _Who(team, user, enterprise)
        try:
            actor = await self._known(who, correlation_id)
        except UnknownPersonError:
            if not self._match_email or not await self._linked(who, correlation_id):
                raise
            return await self._known(who, correlation_id)
        if self._is_fresh(who):
            return actor
        return await self._known(who, correlation_id) if await self._checked_now(who) else actor

    async def heard_of(
        self, team: str, profile: Mapping[str, Any], correlation_id: str = "", *, enterprise: str = ""
    ) -> None:
        """Slack says how a user is now: keep what it says of an account that we know, or link one that we do not."""
        user = profile.get("id")
        if not isinstance(user, str) or not user:
            return
        who = _Who(team, user, enterprise)
        try:
            await self._known(who)
        except UnknownPersonError:
            # An account that is somebody's stays so, whatever address it has now.
            if self._match_email:
                await self._link(who, await self._workspaces.of(team, enterprise), profile, correlation_id)
        else:
            await self._note(who, profile)

    async def _known(self, who: _Who, correlation_id: str = "") -> Actor:
        return await self._countersign.access.by_slack(who.team, who.user, correlation_id, enterprise=who.enterprise)

    async def _checked_now(self, who: _Who) -> bool:
        """Ask Slack and store what it says; False where it does not answer."""
        profile = await self._profile(who)
        if profile is None:
            self._remember(who, AGAIN)
            return False
        await self._note(who, profile)
        self._remember(who)
        return True

    async def _note(self, who: _Who, profile: Mapping[str, Any]) -> None:
        """Store what Slack says of the account in the workspace and of the one in its organisation.

        That is whether it may vote, and where its owner's clock is.
        """
        for team in filter(None, dict.fromkeys((who.team, who.enterprise))):
            account = SlackAccount(team, who.user, blocked_by(profile, who.team))
            await self._countersign.access.note_slack_account(account)
            await self._countersign.notifying.heard_time_zone(team, who.user, time_zone(profile))

    async def _linked(self, who: _Who, correlation_id: str) -> bool:
        """Give the account to the person with its e-mail address, which Slack must have verified."""
        profile = await self._profile(who)
        if profile is None:
            return False
        return await self._link(who, await self._workspaces.of(who.team, who.enterprise), profile, correlation_id)

    async def _link(self, who: _Who, workspace: Workspace, profile: Mapping[str, Any], correlation_id: str) -> bool:
        if blocked_by(profile, who.team) or profile.get("is_email_confirmed") is not True or not workspace.vouches:
            return False
        email = (profile.get("profile") or {}).get("email")
        if not isinstance(email, str) or not email:
            return False
        door = Actor(SYSTEM_REF, "slack", correlation_id=correlation_id)
        linked = await self._countersign.access.link_slack_account(door, email, SlackAccount(who.team, who.user))
        if linked:
            self._remember(who)
        return linked

    async def _profile(self, who: _Who) -> Mapping[str, Any] | None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                client = await self._workspaces.client(who.team, who.enterprise)
                answer = await client.users_info(user=who.user)
        except Exception as error:
            # Slack away, slow, limiting or not knowing the user: deciding goes on with what we know.
            _log.warning("users.info did not answer", error=type(error).__name__)
            return None
        profile = answer.get("user")
        return profile if isinstance(profile, dict) else None

    def _is_fresh(self, who: _Who) -> bool:
        due = self._due.get((who.team, who.user))
        return due is not None and self._countersign.ports.clock() < due

    def _remember(self, who: _Who, wait: timedelta = FRESH) -> None:
        self._due[who.team, who.user] = self._countersign.ports.clock() + wait
        self._due.move_to_end((who.team, who.user))
        if len(self._due) > _REMEMBERED:
            self._due.popitem(last=False)


@dataclass(frozen=True, slots=True)
class _Who:
    """A Slack user in a workspace of an organisation (empty for none)."""

    team: str
    user: str
    enterprise: str


def time_zone(profile: Mapping[str, Any]) -> str:
    """The IANA name of a profile's time zone; empty where there is none that could be one."""
    found = profile.get("tz")
    return found if isinstance(found, str) and len(found) <= _LONGEST_ZONE else ""


def blocked_by(profile: Mapping[str, Any], team: str) -> str:
    """The flag that keeps an account of `team` from voting; empty where nothing does."""
    if profile.get("deleted"):
        return "deleted"
    if profile.get("is_bot") or profile.get("is_workflow_bot"):
        return "is_bot"
    if profile.get("is_restricted") or profile.get("is_ultra_restricted"):
        return "is_restricted"
    if profile.get("is_stranger") or team not in _homes(profile, team):
        return "is_stranger"
    return ""


def _homes(profile: Mapping[str, Any], team: str) -> set[str]:
    """The workspaces that a user belongs to; on Enterprise Grid those of the organisation, and itself."""
    in_grid = profile.get("enterprise_user") or {}
    homes = {profile.get("team_id", team), in_grid.get("enterprise_id"), *(in_grid.get("teams") or ())}
    return {str(home) for home in homes if home}
