"""Who is let in, and what happens to dialogs that do not open."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.gateways.slack_accounts import SlackAccounts
from bot.gateways.slack_workspaces import Workspaces
from bot.slack import door as door_module
from bot.slack.door import Door
from bot.slack.payload_parts import Asker
from bot.slack.views.request_modal import request_modal
from core.errors import NotAVoterError, UnknownPersonError
from tests.bot.slack.conftest import PEOPLE, TEAM, Rig
from tests.support.workspaces import only


def door(rig: Rig, client: AsyncWebClient | None = None) -> Door:
    accounts = SlackAccounts(only(rig.client), rig.countersign)
    return Door(rig.countersign, only(client or rig.client), accounts, rig.replies)


async def test_people_of_this_workspace_are_let_in(rig: Rig) -> None:
    assert (await door(rig).actor(Asker(TEAM, "U02", TEAM), "c-1")).ref.name == "Bob"
    assert (await door(rig).actor(Asker(TEAM, "U02"), "c-1")).correlation_id == "c-1"


async def test_people_of_other_workspaces_are_not(rig: Rig) -> None:
    with pytest.raises(NotAVoterError, match="another workspace"):
        await door(rig).actor(Asker(TEAM, "U02", "T99"), "")
    with pytest.raises(UnknownPersonError):
        await door(rig).actor(Asker("T99", "U02"), "")


async def test_an_expired_trigger_leaves_the_typed_way(rig: Rig) -> None:
    told = await door(rig).open_modal(
        Asker(TEAM, "U02"), "1.2.unknown", request_modal(), "/promote RELEASE to ENVIRONMENT"
    )
    assert told is not None
    assert "/promote RELEASE to ENVIRONMENT" in told.text


async def test_a_slack_that_does_not_answer_is_not_waited_for(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(AsyncWebClient):
        async def views_open(self, **_: Any) -> Any:
            await asyncio.sleep(60)

    monkeypatch.setattr(door_module, "DIALOG_SECONDS", 0.05)
    told = await door(rig, Slow()).open_modal(Asker(TEAM, "U02"), "1.2", request_modal(), "/promote")
    assert told is not None


async def test_a_home_that_could_not_be_published_is_left_to_the_worker(rig: Rig) -> None:
    rig.slack.outage(True)
    await rig.slack.open_home("bob")
    await rig.replies.close()
    (opened,) = await rig.countersign.ports.transactions.read(lambda store: store.homes.of([rig.people["bob"].id]))
    assert (opened.user, opened.digest) == (PEOPLE["bob"], "")
    rig.slack.outage(False)
    await rig.slack.open_home("bob")
    await rig.slack.home_of("bob", "Nothing waits for you")
    await rig.replies.close()
    (opened,) = await rig.countersign.ports.transactions.read(lambda store: store.homes.of([rig.people["bob"].id]))
    assert opened.digest


class Grid(Workspaces):
    """T1 and T2 of the organisation E1, with the client of the rig; nothing else is let in."""

    async def admits(self, team: str, enterprise: str = "") -> bool:
        return team in {TEAM, "E1"} or enterprise == "E1"

    async def are_one_organisation(self, home: str, enterprise: str) -> bool:
        return (home, enterprise) == ("T2", "E1")


async def test_people_of_one_organisation_are_no_strangers_and_others_are(rig: Rig) -> None:
    grid = Grid(rig.clock, rig.client.base_url, None)
    accounts = SlackAccounts(only(rig.client), rig.countersign)
    door = Door(rig.countersign, grid, accounts, rig.replies)
    for home in ("T2", "E1", TEAM, ""):
        actor = await door.actor(Asker(TEAM, "U02", home, "E1"), "")
        assert actor.ref.id == rig.people["bob"].id
    for home, enterprise in (("T9", "E1"), ("T2", "")):
        with pytest.raises(NotAVoterError, match="another workspace"):
            await door.actor(Asker(TEAM, "U02", home, enterprise), "")
    with pytest.raises(NotAVoterError, match="not at work in this workspace") as refused:
        await door.actor(Asker("T9", "U02"), "")
    assert "countersign workspaces invite" in refused.value.hint
