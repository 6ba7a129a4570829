"""Which workspace is meant, with a token, with installations, with both, and while Slack says nothing."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.gateways.slack_channels import SlackChannels
from bot.gateways.slack_workspaces import OwnWorkspace, UnknownWorkspaceError, Workspace, Workspaces
from core.errors import UnavailableError
from tests.support.clock import FakeClock


class Answering(AsyncWebClient):
    """`auth.test` that says which workspace it is, or does not."""

    def __init__(self, team: str = "T01", enterprise: str | None = None) -> None:
        super().__init__("xoxb-1")
        self.team, self.enterprise = team, enterprise
        self.away = False
        self.asked = 0

    async def auth_test(self, **_: Any) -> Any:
        self.asked += 1
        if self.away:
            raise TimeoutError
        return {"team_id": self.team, "enterprise_id": self.enterprise}


class Given:
    """Installations that a test names."""

    def __init__(self, *found: Workspace) -> None:
        self._found = {each.team: each for each in found}
        self.doubted: list[str] = []

    async def find(self, team: str, enterprise: str = "") -> Workspace | None:
        return self._found.get(team) or self._found.get(enterprise)

    async def admits(self, team: str, enterprise: str = "") -> bool:
        return await self.find(team, enterprise) is not None

    async def teams(self) -> tuple[str, ...]:
        return tuple(self._found)

    async def doubt(self, team: str, enterprise: str, reason: str) -> bool:
        self.doubted.append(f"{team} {reason}")
        return team in self._found or enterprise in self._found


def workspace(team: str, enterprise: str = "") -> Workspace:
    client = AsyncWebClient("xoxb-2")
    return Workspace(team, client, SlackChannels(client), enterprise)


def made(own: AsyncWebClient | None, *installed: Workspace) -> Workspaces:
    found = Workspaces(FakeClock(), "https://slack.com/api/", OwnWorkspace(own) if own else None)
    if installed:
        found.open_to(Given(*installed))
    return found


async def test_with_a_token_alone_there_is_one_workspace_asked_for_its_id_once() -> None:
    client = Answering()
    workspaces = made(client)
    assert (await workspaces.of()).team == (await workspaces.of("T01")).team == "T01"
    assert client.asked == 1
    assert await workspaces.find("T02") is None
    assert await workspaces.admits("T02"), "its signing secret was checked, and there is no other"
    with pytest.raises(UnknownWorkspaceError, match="not installed in the workspace T02"):
        await workspaces.of("T02")


async def test_an_installed_workspace_stands_beside_the_own_one() -> None:
    second = workspace("T02")
    workspaces = made(Answering(), second)
    assert await workspaces.of("T02") is second
    assert (await workspaces.of()).team == "T01", "without a name the own one is meant"
    assert await workspaces.teams() == ("T01", "T02")
    assert [await workspaces.admits(team) for team in ("T01", "T02", "T03")] == [True, True, False]


async def test_without_a_name_only_a_single_one_can_be_meant() -> None:
    assert (await made(None, workspace("T02")).of()).team == "T02"
    with pytest.raises(UnknownWorkspaceError, match="slackTeam"):
        await made(None, workspace("T02"), workspace("T03")).of()


async def test_while_slack_does_not_say_which_workspace_is_ours_only_installed_ones_are_listened_to() -> None:
    client = Answering()
    client.away = True
    workspaces = made(client, workspace("T02"))
    assert await workspaces.admits("T02")
    with pytest.raises(UnavailableError, match="which workspace"):
        await workspaces.admits("T01")
    assert await workspaces.teams() == ("", "T02")


async def test_workspaces_of_one_organisation_are_no_strangers_to_each_other() -> None:
    workspaces = made(None, workspace("T02", "E01"), workspace("T03", "E09"))
    assert await workspaces.are_one_organisation("T02", "E01")
    assert not await workspaces.are_one_organisation("T03", "E01")
    assert not await workspaces.are_one_organisation("T99", "E01")
    away = Answering(enterprise="E01")
    away.away = True
    assert not await made(away).are_one_organisation("T01", "E01"), "who cannot be placed is a stranger"


async def test_a_lost_token_is_looked_into_where_it_belongs() -> None:
    given, client = Given(workspace("T02")), Answering()
    workspaces = Workspaces(FakeClock(), "", OwnWorkspace(client))
    workspaces.open_to(given)
    await workspaces.lost("T02", "", "tokens_revoked")
    assert given.doubted == ["T02 tokens_revoked"]
    await workspaces.lost("T01", "", "tokens_revoked")
    assert client.asked == 1
