"""The user groups of all workspaces, as Slack knows them now."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError

from bot.gateways.slack_client import slack_error
from bot.gateways.slack_workspaces import Workspaces
from core.app.usergroups import Heard
from core.domain.usergroup import UserGroup
from core.errors import UnavailableError

PATIENCE_SECONDS = 2.0
"""A vote may wait for it, and Slack waits three seconds for the answer to a click."""
_HINT = "Look with `countersign doctor` whether Slack is connected and the scope usergroups:read is granted."
_log = structlog.get_logger(__name__)


class SlackUserGroups:
    """`UserGroups` of `core.app.usergroups`."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._under_way: asyncio.Task[Heard] | None = None

    async def all(self) -> Heard:
        """Every user group with its members. Raises UnavailableError, with Slack's word for why.

        Many votes at once ask Slack once: its limit for this method is 20 calls a minute.
        """
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.create_task(self._asked())
        return await asyncio.shield(self._under_way)

    async def _asked(self) -> Heard:
        teams = await self._workspaces.teams()
        answers = await asyncio.gather(*(self._of(team) for team in teams))
        groups: dict[str, UserGroup] = {}
        for answer in reversed(answers):
            if not isinstance(answer, str):
                groups |= answer
        silent = {team: answer for team, answer in zip(teams, answers, strict=True) if isinstance(answer, str)}
        problem = f"Slack does not say who is in its user groups ({', '.join(silent.values())})" if silent else ""
        if len(silent) == len(teams):
            raise UnavailableError(problem or "No Slack workspace is connected", hint=_HINT)
        return Heard(groups, frozenset(silent), problem)

    async def _of(self, team: str) -> Mapping[str, UserGroup] | str:
        """The user groups of one workspace, or why it does not say."""
        options: dict[str, Any] = {"include_users": True, "include_disabled": True}
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                workspace = await self._workspaces.of(team)
                if workspace.team_arg:
                    options["team_id"] = workspace.team_arg
                answer = await workspace.client.usergroups_list(**options)
            return {each["id"]: _usergroup(each, workspace.enterprise) for each in answer["usergroups"]}
        except Exception as error:
            # Whatever went wrong, nobody can be said to be a member; the caller decides what that means.
            reason = slack_error(error) if isinstance(error, SlackApiError) else type(error).__name__
            _log.warning("user groups could not be read", workspace=team, reason=reason)
            return reason


def _usergroup(described: Mapping[str, Any], enterprise: str) -> UserGroup:
    """What Slack describes; a group without `users` raises KeyError, for it is not known to be empty."""
    users = tuple(str(user) for user in described["users"])
    return UserGroup(
        str(described["id"]), str(described["team_id"]), users, not described.get("date_delete"), enterprise
    )
