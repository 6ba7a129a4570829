from __future__ import annotations

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Driver
from tests.bot.playground.test_web_api import error_of


@pytest.mark.parametrize(
    ("users", "error"),
    [
        ("", "users_list_not_supplied"),
        ("U99", "user_not_found"),
        ("U06", "user_disabled"),
        ("U0BOT0001", "cannot_dm_bot"),
    ],
)
async def test_whom_the_bot_cannot_write_to(client: AsyncWebClient, users: str, error: str) -> None:
    assert await error_of(client.conversations_open(users=users)) == error


async def test_a_direct_message_is_opened_once(client: AsyncWebClient, slack: Driver) -> None:
    opened = await client.conversations_open(users="U02", return_im=True)
    assert opened["channel"]["id"] == slack.dm("bob")
    assert opened["channel"]["user"] == "U02"
    assert opened["channel"]["is_im"] is True


async def test_channels_are_listed_by_type_and_page(client: AsyncWebClient) -> None:
    first = await client.conversations_list(limit=2, exclude_archived=True)
    assert [one["name"] for one in first["channels"]] == ["kitchen", "random"]
    assert first["response_metadata"]["next_cursor"] == ""
    page = await client.conversations_list(limit=1)
    rest = await client.conversations_list(limit=9, cursor=page["response_metadata"]["next_cursor"])
    assert [one["name"] for one in rest["channels"]] == ["random", "attic"]
    private = await client.conversations_list(types="private_channel")
    assert [one["is_private"] for one in private["channels"]] == [True]
    assert await error_of(client.conversations_list(cursor="nonsense")) == "invalid_cursor"
    assert await error_of(client.conversations_list(limit=0)) == "invalid_limit"


async def test_what_is_known_of_a_channel(client: AsyncWebClient) -> None:
    channel = (await client.conversations_info(channel="C04"))["channel"]
    assert (channel["is_archived"], channel["is_member"], channel["name"]) == (True, True, "attic")
    assert (await client.conversations_members(channel="C03"))["members"] == ["U02", "U03", "U0BOT0001"]
    assert await error_of(client.conversations_info(channel="C99")) == "channel_not_found"


async def test_the_bot_joins_public_channels(client: AsyncWebClient) -> None:
    assert (await client.conversations_join(channel="C02"))["channel"]["is_member"] is True
    assert (await client.chat_postMessage(channel="C02", text="here"))["ok"]
    assert await error_of(client.conversations_join(channel="C04")) == "is_archived"
    assert await error_of(client.conversations_join(channel="C03")) == "method_not_supported_for_channel_type"


async def test_history_is_newest_first_without_replies(client: AsyncWebClient, slack: Driver) -> None:
    parent = await client.chat_postMessage(channel="C01", text="one")
    reply = await slack.say("alice", "#kitchen", "reply", parent["ts"])
    await client.chat_postMessage(channel="C01", text="shout", thread_ts=parent["ts"], reply_broadcast=True)
    await client.chat_postEphemeral(channel="C01", user="U01", text="psst")
    history = (await client.conversations_history(channel="C01"))["messages"]
    assert [one["text"] for one in history] == ["shout", "one"]
    assert (history[1]["reply_count"], history[1]["reply_users"]) == (2, ["U01", "U0BOT0001"])
    replies = (await client.conversations_replies(channel="C01", ts=parent["ts"]))["messages"]
    assert [one["text"] for one in replies] == ["one", "reply", "shout"]
    newer = await client.conversations_history(channel="C01", oldest=reply.ts)
    assert [one["text"] for one in newer["messages"]] == ["shout"]
    exact = await client.conversations_history(channel="C01", latest=parent["ts"], inclusive=True, limit=1)
    assert [one["text"] for one in exact["messages"]] == ["one"]


async def test_history_needs_membership_and_real_stamps(client: AsyncWebClient) -> None:
    assert await error_of(client.conversations_history(channel="C02")) == "not_in_channel"
    assert await error_of(client.conversations_replies(channel="C01", ts="1.1")) == "thread_not_found"
    assert await error_of(client.conversations_history(channel="C01", oldest="then")) == "invalid_ts_oldest"
