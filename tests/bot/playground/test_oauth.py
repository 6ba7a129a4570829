"""Installing by OAuth in the playground, and two workspaces at one address."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.playground import AppCredentials, ChannelSeed, Driver, PersonSeed, Playground, WorkspaceSeed, serve
from tests.support.installing import Browser

APP = AppCredentials("1.2", "secret")
BACK = "http://127.0.0.1:9/back?kept=1"


def seed(team: str) -> WorkspaceSeed:
    people = (PersonSeed("U01", "bob", "Bob"), PersonSeed("U02", f"only-{team.lower()}", "Only"))
    return WorkspaceSeed(people, (ChannelSeed("C01", "releases"),), team_id=team, team_name=f"<{team}>")


@pytest.fixture
async def ground() -> AsyncIterator[Playground]:
    second = Playground(seed("T02"), bot_url="", signing_secret="s")
    made = Playground(
        seed("T01"), bot_url="", signing_secret="s", bot_token="xoxb-1", credentials=APP, neighbours=(second,)
    )
    async with serve(made):
        yield made


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with Browser() as made:
        yield made


def question(ground: Playground, **changes: str) -> URL:
    asked = {"client_id": "1.2", "scope": "chat:write", "state": "s & t", "redirect_uri": BACK, **changes}
    return URL(f"{ground.url}/oauth/v2/authorize").with_query(asked)


async def test_the_page_asks_for_each_workspace_and_escapes_what_it_shows(ground: Playground, browser: Browser) -> None:
    status, page = await browser.get(question(ground, scope="<script>"))
    assert status == 200
    assert "Allow in &lt;T01&gt;" in page
    assert "Allow in &lt;T02&gt;" in page
    assert "<script>" not in page
    _, proposed = await browser.get(question(ground, team="T02"))
    assert "T01" not in proposed
    assert (await browser.get(question(ground, client_id="9")))[0] == 400
    assert (await browser.get(question(ground, redirect_uri="javascript:alert(1)")))[0] == 400


async def test_a_code_is_worth_a_token_for_that_workspace_once(ground: Playground, browser: Browser) -> None:
    back = await browser.answer(question(ground), "T02")
    assert (back.query["state"], back.query["kept"]) == ("s & t", "1")
    client = AsyncWebClient(base_url=ground.api_url)
    wanted = {"client_id": "1.2", "code": back.query["code"], "redirect_uri": BACK}
    for wrong in ({"client_secret": "other"}, {"client_secret": "secret", "client_id": "9"}):
        with pytest.raises(SlackApiError, match=r"bad_client_secret|invalid_client_id"):
            await client.oauth_v2_access(**{**wanted, **wrong})
    granted = await client.oauth_v2_access(**wanted, client_secret="secret")
    assert granted["team"] == {"id": "T02", "name": "<T02>"}
    with pytest.raises(SlackApiError, match="invalid_code"):
        await client.oauth_v2_access(**wanted, client_secret="secret")
    second = AsyncWebClient(granted["access_token"], base_url=ground.api_url)
    assert (await second.auth_test())["team_id"] == "T02"
    assert (await AsyncWebClient("xoxb-1", base_url=ground.api_url).auth_test())["team_id"] == "T01"


async def test_cancelling_is_a_refusal_and_a_code_is_bound_to_its_way_back(
    ground: Playground, browser: Browser
) -> None:
    assert (await browser.answer(question(ground), "")).query["error"] == "access_denied"
    code = (await browser.answer(question(ground), "T02")).query["code"]
    client = AsyncWebClient(base_url=ground.api_url)
    with pytest.raises(SlackApiError, match="bad_redirect_uri"):
        await client.oauth_v2_access(client_id="1.2", client_secret="secret", code=code, redirect_uri="http://x/")


async def test_the_page_of_a_neighbour_is_its_own_and_knows_who_one_is_elsewhere(ground: Playground) -> None:
    second = ground.neighbours[0]
    assert second.url == f"{ground.url}/w/T02"
    async with ClientSession() as session, session.get(f"{second.url}/play/state", params={"as": "bob"}) as answer:
        state = await answer.json()
    assert state["team"]["id"] == "T02"
    assert [(each["id"], each["path"], each["here"], each["me"]) for each in state["workspaces"]] == [
        ("T01", "/", False, "U01"),
        ("T02", "/w/T02/", True, "U01"),
    ]
    async with ClientSession() as session, session.get(f"{second.url}/play/state", params={"as": "U02"}) as answer:
        state = await answer.json()
    assert [each["me"] for each in state["workspaces"]] == ["", "U02"]


async def test_what_waits_elsewhere_is_counted_and_told(ground: Playground) -> None:
    here, there = Driver(ground), Driver(ground.neighbours[0])
    with ground.hub.listening() as changes:
        there.ground.workspace.post(there.dm("bob"), there.ground.seed.bot_user_id, "Look")
        assert {changes.get_nowait()["kind"] for _ in range(changes.qsize())} == {"elsewhere"}
    async with (
        ClientSession() as session,
        session.get(f"{here.ground.url}/play/state", params={"as": "bob"}) as answer,
    ):
        state = await answer.json()
    assert [each["waiting"] for each in state["workspaces"]] == [0, 1]


async def test_other_sites_are_kept_out_of_a_neighbour_as_well(ground: Playground) -> None:
    url = f"{ground.neighbours[0].url}/play/do/read?as=bob"
    async with ClientSession() as session:
        async with session.post(url, json={}, headers={"Origin": "http://evil.example"}) as answer:
            assert answer.status == 403
        async with session.post(url, data="x", headers={"Content-Type": "text/plain"}) as answer:
            assert answer.status == 415


async def test_an_uninstalled_app_is_not_let_in_any_more(ground: Playground) -> None:
    Driver(ground).uninstall()
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await AsyncWebClient("xoxb-1", base_url=ground.api_url).auth_test()
