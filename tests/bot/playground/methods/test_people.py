from __future__ import annotations

import dataclasses

from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground, serve
from tests.bot.playground.kettle import SECRET, SEED, TOKEN
from tests.bot.playground.test_web_api import error_of


async def test_flags_of_people_are_told(client: AsyncWebClient) -> None:
    guest = (await client.users_info(user="U04"))["user"]
    stranger = (await client.users_info(user="U05"))["user"]
    gone = (await client.users_info(user="U06"))["user"]
    bot = (await client.users_info(user="U0BOT0001"))["user"]
    assert guest["is_restricted"] is True
    assert (stranger["is_stranger"], stranger["team_id"], "email" in stranger["profile"]) == (True, "T0OTHER", False)
    assert gone["deleted"] is True
    assert bot["is_bot"] is True
    assert await error_of(client.users_info(user="alice")) == "user_not_found"


async def test_people_are_found_by_e_mail(client: AsyncWebClient) -> None:
    assert (await client.users_lookupByEmail(email="ALICE@tea.example"))["user"]["id"] == "U01"
    assert await error_of(client.users_lookupByEmail(email="gone@tea.example")) == "users_not_found"


async def test_people_are_listed_in_pages(client: AsyncWebClient) -> None:
    names: list[str] = []
    cursor = ""
    while True:
        page = await client.users_list(limit=3, cursor=cursor)
        names += [one["name"] for one in page["members"]]
        if not (cursor := page["response_metadata"]["next_cursor"]):
            break
    assert names == ["alice", "bob", "carol", "eve", "gone", "kettle", "slackbot"]


async def test_user_groups(client: AsyncWebClient) -> None:
    group = (await client.usergroups_list(include_users=True))["usergroups"][0]
    assert (group["id"], group["handle"], group["users"], group["user_count"]) == ("S01", "keepers", ["U02", "U03"], 2)
    assert (await client.usergroups_users_list(usergroup="S01"))["users"] == ["U02", "U03"]
    assert await error_of(client.usergroups_users_list(usergroup="S99")) == "no_such_subteam"


async def test_the_team_and_the_bot(client: AsyncWebClient) -> None:
    assert (await client.team_info())["team"]["name"] == "Tea Club"
    assert (await client.bots_info(bot="B0BOT0001"))["bot"]["user_id"] == "U0BOT0001"
    assert await error_of(client.bots_info(bot="B1")) == "bot_not_found"


async def test_a_missing_scope_is_named() -> None:
    seed = dataclasses.replace(SEED, scopes=("chat:write", "users:read"))
    ground = Playground(seed, bot_url="http://127.0.0.1:9/", signing_secret=SECRET, bot_token=TOKEN)
    async with serve(ground):
        client = AsyncWebClient(token=TOKEN, base_url=ground.api_url)
        answer = await client.auth_test()
        assert answer.headers["x-oauth-scopes"] == "chat:write,users:read"
        assert (await client.users_info(user="U01"))["ok"]
        assert await error_of(client.usergroups_list()) == "missing_scope"
