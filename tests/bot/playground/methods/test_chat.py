from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Driver
from tests.bot.playground.kettle import mrkdwn
from tests.bot.playground.test_web_api import error_of


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C99", "channel_not_found"),
        ("C02", "not_in_channel"),
        ("C03", ""),
        ("C04", "is_archived"),
        ("", "channel_not_found"),
    ],
)
async def test_where_the_bot_may_write(client: AsyncWebClient, channel: str, error: str) -> None:
    if error:
        assert await error_of(client.chat_postMessage(channel=channel, text="hi")) == error
    else:
        assert (await client.chat_postMessage(channel=channel, text="hi"))["channel"] == channel


async def test_a_person_s_id_is_their_direct_message(client: AsyncWebClient, slack: Driver) -> None:
    sent = await client.chat_postMessage(channel="U02", text="hi")
    assert sent["channel"] == slack.dm("bob")


@pytest.mark.filterwarnings("ignore:The top-level `text` argument is missing")
async def test_what_a_message_may_be(client: AsyncWebClient) -> None:
    assert await error_of(client.chat_postMessage(channel="C01")) == "no_text"
    assert await error_of(client.chat_postMessage(channel="C01", text="x" * 40_001)) == "msg_too_long"
    assert await error_of(client.chat_postMessage(channel="C01", text="x", thread_ts="1.1")) == "thread_not_found"
    with pytest.raises(SlackApiError) as refused:
        blocks = [{"type": "section", "text": mrkdwn("x" * 3001)}]
        await client.chat_postMessage(channel="C01", text="x", blocks=blocks)
    assert refused.value.response["error"] == "invalid_blocks"
    assert refused.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_metadata_is_kept_and_given_to_those_who_ask(client: AsyncWebClient) -> None:
    metadata = {"event_type": "tea", "event_payload": {"id": 1}}
    sent = await client.chat_postMessage(channel="C01", text="hi", metadata=metadata)
    shown = await client.conversations_history(channel="C01", include_all_metadata=True)
    hidden = await client.conversations_history(channel="C01")
    assert shown["messages"][0]["metadata"] == metadata
    assert "metadata" not in hidden["messages"][0]
    await client.chat_update(channel="C01", ts=sent["ts"], text="still", metadata=metadata | {"event_type": "cup"})
    shown = await client.conversations_replies(channel="C01", ts=sent["ts"], include_all_metadata=True)
    assert shown["messages"][0]["metadata"]["event_type"] == "cup"
    bad = {"event_type": "tea"}
    assert await error_of(client.chat_postMessage(channel="C01", text="x", metadata=bad)) == "invalid_metadata_format"


async def test_an_update_with_text_alone_drops_the_blocks(client: AsyncWebClient, slack: Driver) -> None:
    sent = await client.chat_postMessage(channel="C01", text="hi", blocks=[{"type": "divider"}])
    await client.chat_update(channel="C01", ts=sent["ts"], text="bare")
    assert slack.now(sent["ts"]).blocks == []
    assert slack.now(sent["ts"]).text == "bare"


async def test_only_own_lasting_messages_can_be_changed(client: AsyncWebClient, slack: Driver) -> None:
    said = await slack.say("alice", "#kitchen", "mine")
    assert await error_of(client.chat_update(channel="C01", ts=said.ts, text="x")) == "cant_update_message"
    assert await error_of(client.chat_delete(channel="C01", ts=said.ts)) == "cant_delete_message"
    whisper = await client.chat_postEphemeral(channel="C01", user="U01", text="psst")
    assert await error_of(client.chat_update(channel="C01", ts=whisper["message_ts"], text="x")) == "message_not_found"
    assert await error_of(client.chat_update(channel="C01", ts="1.1", text="x")) == "message_not_found"
    sent = await client.chat_postMessage(channel="C01", text="hi")
    assert await error_of(client.chat_update(channel="C01", ts=sent["ts"], text="x" * 4001)) == "msg_too_long"
    slack.archive("#kitchen")
    assert await error_of(client.chat_update(channel="C01", ts=sent["ts"], text="x")) == "is_archived"


async def test_a_deleted_message_is_gone(client: AsyncWebClient, slack: Driver) -> None:
    sent = await client.chat_postMessage(channel="C01", text="hi")
    await client.chat_delete(channel="C01", ts=sent["ts"])
    assert slack.messages("#kitchen") == []
    assert await error_of(client.chat_delete(channel="C01", ts=sent["ts"])) == "message_not_found"


async def test_only_somebody_in_the_channel_gets_an_ephemeral_message(client: AsyncWebClient) -> None:
    assert await error_of(client.chat_postEphemeral(channel="C03", user="U01", text="x")) == "user_not_in_channel"
    assert await error_of(client.chat_postEphemeral(channel="C02", user="U01", text="x")) == "not_in_channel"
    assert await error_of(client.chat_postEphemeral(channel="C01", user="U99", text="x")) == "user_not_found"


async def test_a_permalink_leads_to_the_page(client: AsyncWebClient) -> None:
    sent = await client.chat_postMessage(channel="C01", text="hi")
    link = await client.chat_getPermalink(channel="C01", message_ts=sent["ts"])
    assert link["permalink"].endswith(f"/archives/C01/p{sent['ts'].replace('.', '')}")
    assert await error_of(client.chat_getPermalink(channel="C01", message_ts="1.1")) == "message_not_found"
