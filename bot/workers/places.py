"""Where in Slack something goes: an environment's channel, or the direct message with a person."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

from bot.gateways.slack_workspaces import Workspace, Workspaces
from bot.workers.posting import Place
from core.domain.environment import Environment
from core.domain.people import Person, SlackAccount

Direct = Callable[[Person, Environment | None], Awaitable[Place | None]]
"""Where a person gets direct messages about an environment; None for whoever gets none."""


async def channel_of(workspaces: Workspaces, environment: Environment | None) -> Place | None:
    """The channel of an environment; None where it has none.

    Raises UnknownChannelError, UnknownWorkspaceError, and what the workspace's client raises.
    """
    if environment is None or not environment.slack_channel:
        return None
    workspace = await workspaces.of(environment.slack_team)
    return Place(await workspace.channels.id_of(environment.slack_channel), team=workspace.team)


class Directs:
    """Direct messages: to the person's account in the environment's workspace, or else in any that we are in."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def place(self, person: Person, environment: Environment | None) -> Place | None:
        """The direct message channel with a person; None for whoever has no usable account where we are.

        Raises UnknownWorkspaceError where that may change: the workspace has removed the app, and was not removed.
        """
        if not person.active:
            return None
        async for workspace, account in self._accounts(person, environment):
            answer = await workspace.client.conversations_open(users=account.user)
            return Place(str(answer["channel"]["id"]), team=workspace.team)
        for account in _usable(person):
            if await self._workspaces.comes_back(account.team):
                await self._workspaces.of(account.team)
        return None

    async def place_in(self, team: str, person: Person) -> Place | None:
        """The direct message channel with a person in that workspace; None for whoever has no usable account in it."""
        user = await self.mentioned(person, team) if person.active else ""
        if not user:
            return None
        workspace = await self._workspaces.of(team)
        answer = await workspace.client.conversations_open(users=user)
        return Place(str(answer["channel"]["id"]), team=workspace.team)

    async def mentioned(self, person: Person, team: str) -> str:
        """The person's user id in a workspace; empty where there is no usable account in it."""
        workspace = await self._workspaces.of(team)
        return next((each.user for each in _usable(person) if _is_in(each, workspace)), "")

    async def _accounts(
        self, person: Person, environment: Environment | None
    ) -> AsyncIterator[tuple[Workspace, SlackAccount]]:
        """The person's usable accounts with their workspaces, those in the environment's workspace first."""
        usable = _usable(person)
        if not usable:
            return
        first = await self._first(environment)
        near = [each for each in usable if first and _is_in(each, first)]
        for account in (*near, *(each for each in usable if each not in near)):
            workspace = first if account in near else await self._workspaces.find(account.team)
            if workspace:
                yield workspace, account

    async def _first(self, environment: Environment | None) -> Workspace | None:
        """The environment's workspace; None where it is not installed, or where several could be meant."""
        if environment is not None and environment.slack_team:
            return await self._workspaces.find(environment.slack_team)
        return await self._workspaces.main()


def _usable(person: Person) -> list[SlackAccount]:
    return [each for each in person.slack if not each.blocked_by]


def _is_in(account: SlackAccount, workspace: Workspace) -> bool:
    return account.team in (workspace.team, workspace.enterprise)
