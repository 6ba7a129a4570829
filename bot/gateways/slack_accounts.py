"""Who a Slack user is: accounts that we know, and, where that is switched on, people by their verified e-mail address.

`users.info` says whether an account may vote (deactivated, a bot, a guest, from another organisation). It is asked
when an account is first seen and once a day after that; when Slack does not answer, known accounts go on with what was
stored last.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

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

    def __init__(self, client: AsyncWebClient, countersign: Countersign, match_email: bool = False) -> None:
        self._client = client
        self._countersign = countersign
        self._match_email = match_email
        self._due: OrderedDict[tuple[str, str], datetime] = OrderedDict()

    async def actor(self, team: str, user: str, correlation_id: str = "") -> Actor:
        """The person behind an account. Raises UnknownPersonError."""
        access = self._countersign.access
        try:
            actor = await access.by_slack(team, user, correlation_id)
        except UnknownPersonError:
            if not self._match_email or not await self._linked(team, user, correlation_id):
                raise
            return await access.by_slack(team, user, correlation_id)
        if self._is_fresh(team, user):
            return actor
        return await access.by_slack(team, user, correlation_id) if await self._checked_now(team, user) else actor

    async def heard_of(self, team: str, profile: Mapping[str, Any], correlation_id: str = "") -> None:
        """Slack says how a user is now: keep what it says of an account that we know, or link one that we do not."""
        user = profile.get("id")
        if not isinstance(user, str) or not user:
            return
        access = self._countersign.access
        try:
            await access.by_slack(team, user)
        except UnknownPersonError:
            # An account that is somebody's stays so, whatever address it has now.
            if self._match_email:
                await self._link(team, user, profile, correlation_id)
        else:
            await self._note(team, user, profile)

    async def _checked_now(self, team: str, user: str) -> bool:
        """Ask Slack and store what it says; False where it does not answer."""
        profile = await self._profile(user)
        if profile is None:
            self._remember(team, user, AGAIN)
            return False
        await self._note(team, user, profile)
        self._remember(team, user)
        return True

    async def _note(self, team: str, user: str, profile: Mapping[str, Any]) -> None:
        """Keep what a profile says: whether the account may vote, and where its owner's clock is."""
        await self._countersign.access.note_slack_account(SlackAccount(team, user, blocked_by(profile, team)))
        await self._countersign.notifying.heard_time_zone(team, user, time_zone(profile))

    async def _linked(self, team: str, user: str, correlation_id: str) -> bool:
        """Give the account to the person with its e-mail address, which Slack must have verified."""
        profile = await self._profile(user)
        return profile is not None and await self._link(team, user, profile, correlation_id)

    async def _link(self, team: str, user: str, profile: Mapping[str, Any], correlation_id: str) -> bool:
        if blocked_by(profile, team) or profile.get("is_email_confirmed") is not True:
            return False
        email = (profile.get("profile") or {}).get("email")
        if not isinstance(email, str) or not email:
            return False
        door = Actor(SYSTEM_REF, "slack", correlation_id=correlation_id)
        linked = await self._countersign.access.link_slack_account(door, email, SlackAccount(team, user))
        if linked:
            self._remember(team, user)
        return linked

    async def _profile(self, user: str) -> Mapping[str, Any] | None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                answer = await self._client.users_info(user=user)
        except Exception as error:
            # Slack away, slow, limiting or not knowing the user: deciding goes on with what we know.
            _log.warning("users.info did not answer", error=type(error).__name__)
            return None
        profile = answer.get("user")
        return profile if isinstance(profile, dict) else None

    def _is_fresh(self, team: str, user: str) -> bool:
        due = self._due.get((team, user))
        return due is not None and self._countersign.ports.clock() < due

    def _remember(self, team: str, user: str, wait: timedelta = FRESH) -> None:
        self._due[team, user] = self._countersign.ports.clock() + wait
        self._due.move_to_end((team, user))
        if len(self._due) > _REMEMBERED:
            self._due.popitem(last=False)


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
    if profile.get("is_stranger") or profile.get("team_id", team) != team:
        return "is_stranger"
    return ""
