"""The user groups of a workspace, as Slack knows them now."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.gateways.slack_client import slack_error
from core.domain.usergroup import UserGroup
from core.errors import UnavailableError

PATIENCE_SECONDS = 2.0
"""A vote may wait for it, and Slack waits three seconds for the answer to a click."""
_HINT = "Look with `countersign doctor` whether Slack is connected and the scope usergroups:read is granted."
_log = structlog.get_logger(__name__)


class SlackUserGroups:
    """`UserGroups` of `core.app.usergroups`."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._under_way: asyncio.Task[Mapping[str, UserGroup]] | None = None

    async def all(self) -> Mapping[str, UserGroup]:
        """Every user group with its members. Raises UnavailableError, with Slack's word for why.

        Many votes at once ask Slack once: its limit for this method is 20 calls a minute.
        """
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.create_task(self._asked())
        return await asyncio.shield(self._under_way)

    async def _asked(self) -> Mapping[str, UserGroup]:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                answer = await self._client.usergroups_list(include_users=True, include_disabled=True)
            return {each["id"]: _usergroup(each) for each in answer["usergroups"]}
        except Exception as error:
            # Whatever went wrong, nobody can be said to be a member; the caller decides what that means.
            reason = slack_error(error) if isinstance(error, SlackApiError) else type(error).__name__
            _log.warning("user groups could not be read", reason=reason)
            raise UnavailableError(f"Slack does not say who is in its user groups ({reason})", hint=_HINT) from error


def _usergroup(described: Mapping[str, Any]) -> UserGroup:
    """What Slack describes; a group without `users` raises KeyError, for it is not known to be empty."""
    users = tuple(str(user) for user in described["users"])
    return UserGroup(str(described["id"]), str(described["team_id"]), users, not described.get("date_delete"))
