"""Where something goes: the environment's own workspace, and the account of a person that is nearest to it."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.gateways.slack_channels import SlackChannels
from bot.gateways.slack_workspaces import UnknownWorkspaceError, Workspace, Workspaces
from bot.workers.places import Directs, channel_of
from bot.workers.posting import Place
from core.domain.environment import Environment
from core.domain.people import Person, SlackAccount
from tests.support.clock import FakeClock, nth_id

HERE = Environment(nth_id(1), "production", slack_channel="C01", slack_team="T01")
THERE = Environment(nth_id(2), "production-eu", slack_channel="C02", slack_team="T02")


class Opening(AsyncWebClient):
    """A workspace whose direct messages are named after it and the user."""

    def __init__(self, team: str) -> None:
        super().__init__("xoxb-1")
        self.team = team

    async def conversations_open(self, *, users: Any = None, **_: Any) -> Any:
        return {"channel": {"id": f"D{self.team}{users}"}}


class Given:
    """Installations in T01, T02 and T05 (of the organisation E05), and one in T06 that is closed."""

    def __init__(self) -> None:
        self._found = {team: _workspace(team) for team in ("T01", "T02")}
        self._found["T05"] = _workspace("T05", "E05")
        self._closed = ("T06",)

    async def find(self, team: str, enterprise: str = "") -> Workspace | None:
        if team == "E05":
            return self._found["T05"]
        return self._found.get(team) or self._found.get(enterprise)

    async def admits(self, team: str, enterprise: str = "") -> bool:
        return await self.find(team, enterprise) is not None

    async def teams(self) -> tuple[str, ...]:
        return (*self._found, *self._closed)

    async def doubt(self, team: str, enterprise: str, reason: str) -> bool:
        return False


def _workspace(team: str, enterprise: str = "") -> Workspace:
    client = Opening(team)
    return Workspace(team, client, SlackChannels(client), enterprise)


@pytest.fixture
def workspaces() -> Workspaces:
    made = Workspaces(FakeClock(), "", None)
    made.open_to(Given())
    return made


def person(*accounts: str, active: bool = True, blocked: str = "") -> Person:
    named = [(each, *each.split("/")) for each in accounts]
    slack = tuple(SlackAccount(team, user, "deleted" if each == blocked else "") for each, team, user in named)
    return Person(nth_id(9), "bob@example.com", "Bob", slack=slack, active=active)


async def test_an_environment_s_channel_is_in_its_workspace(workspaces: Workspaces) -> None:
    assert await channel_of(workspaces, THERE) == Place("C02", team="T02")
    assert await channel_of(workspaces, Environment(nth_id(3), "quiet")) is None
    assert await channel_of(workspaces, None) is None
    for team in ("T09", ""):
        lost = Environment(nth_id(3), "lost", slack_channel="C01", slack_team=team)
        with pytest.raises(UnknownWorkspaceError):
            await channel_of(workspaces, lost)


@pytest.mark.parametrize(
    ("who", "environment", "place"),
    [
        (person("T01/U1", "T02/U2"), HERE, "DT01U1"),
        (person("T01/U1", "T02/U2"), THERE, "DT02U2"),
        (person("T01/U1", "T02/U2", blocked="T02/U2"), THERE, "DT01U1"),
        (person("T01/U1"), THERE, "DT01U1"),
        (person("T09/U9", "T01/U1"), THERE, "DT01U1"),
        (person("E05/W1"), Environment(nth_id(4), "grid", slack_channel="C5", slack_team="T05"), "DT05W1"),
        (person("E05/W1"), HERE, "DT05W1"),
        (person("T01/U1"), None, "DT01U1"),
        (person("T09/U9"), HERE, ""),
        (person(), HERE, ""),
        (person("T01/U1", active=False), HERE, ""),
    ],
)
async def test_a_person_is_told_near_the_environment_or_else_anywhere(
    workspaces: Workspaces, who: Person, environment: Environment | None, place: str
) -> None:
    found = await Directs(workspaces).place(who, environment)
    assert (found.channel if found else "") == place


async def test_who_is_only_where_the_app_was_removed_is_told_when_it_comes_back(workspaces: Workspaces) -> None:
    with pytest.raises(UnknownWorkspaceError):
        await Directs(workspaces).place(person("T06/U6"), THERE)
    found = await Directs(workspaces).place(person("T06/U6", "T01/U1"), THERE)
    assert found is not None
    assert found.team == "T01"


async def test_a_mention_works_only_in_the_person_s_own_workspace(workspaces: Workspaces) -> None:
    directs, bob = Directs(workspaces), person("T01/U1", "E05/W1")
    assert [await directs.mentioned(bob, team) for team in ("T01", "T02", "T05")] == ["U1", "", "W1"]
