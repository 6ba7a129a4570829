from __future__ import annotations

import pytest

from bot.playground import SlackError
from bot.playground.deeds.words import composed
from tests.bot.playground.conftest import SHORT, Kitchen


async def test_a_command_has_slack_s_fields(kitchen: Kitchen) -> None:
    await kitchen.slack.command("alice", "#kitchen", "/tea", "help")
    sent = kitchen.asked[-1]
    assert sent.pop("trigger_id")
    assert sent.pop("response_url").startswith(f"{kitchen.ground.url}/response/")
    assert sent.pop("token")
    assert sent == {
        "team_id": "T00000001",
        "team_domain": "playground",
        "channel_id": "C01",
        "channel_name": "kitchen",
        "user_id": "U01",
        "user_name": "alice",
        "command": "/tea",
        "text": "help",
        "api_app_id": "A0APP0001",
        "is_enterprise_install": "false",
    }


async def test_private_places_do_not_tell_their_names(kitchen: Kitchen) -> None:
    slack = kitchen.slack
    await slack.command("bob", "#keepers", "/tea", "help")
    assert kitchen.asked[-1]["channel_name"] == "privategroup"
    await slack.command("bob", slack.dm("bob"), "/tea", "help")
    assert kitchen.asked[-1]["channel_name"] == "directmessage"


@pytest.mark.parametrize(
    ("ack_seconds", "how", "error", "shown"),
    [
        (SHORT, "slow", "operation_timeout", '`/break` failed with the error "operation_timeout"'),
        (3.0, "error", "dispatch_failed", '`/break` failed with the error "dispatch_failed"'),
        (3.0, "long", "invalid_blocks", '`/break` failed with the error "invalid_blocks"'),
        (3.0, "nicely", "", "late: nicely"),
    ],
)
async def test_the_person_sees_how_it_went(kitchen: Kitchen, how: str, error: str, shown: str) -> None:
    outcome = await kitchen.slack.command("alice", "#kitchen", "/break", how)
    assert outcome.error == error
    assert (await kitchen.slack.whisper("alice")).text == shown


async def test_an_answer_may_be_for_all_or_in_plain_words(kitchen: Kitchen) -> None:
    await kitchen.slack.command("alice", "#kitchen", "/break", "public")
    assert kitchen.slack.messages("#kitchen")[0].text == "for all"
    await kitchen.slack.command("alice", "#kitchen", "/tea", "help")
    assert kitchen.slack.ephemerals("alice")[0].text == "Say `/tea` and fill in the form."


async def test_an_unknown_command_is_not_sent(kitchen: Kitchen) -> None:
    outcome = await kitchen.slack.command("alice", "#kitchen", "/coffee")
    assert not outcome.ok
    assert kitchen.asked == []
    assert "not a valid command" in kitchen.slack.ephemerals("alice")[0].text


async def test_what_is_typed_is_escaped_and_names_become_mentions(kitchen: Kitchen) -> None:
    text = "<!channel> & @bob, #random @nobody #nowhere a@b.example @carol."
    assert composed(kitchen.ground.workspace, text) == (
        "&lt;!channel&gt; &amp; <@U02>, <#C02|random> @nobody #nowhere a@b.example <@U03>."
    )


async def test_events_go_to_the_bot_only_where_it_listens(kitchen: Kitchen) -> None:
    slack = kitchen.slack
    await slack.say("alice", "#kitchen", "nothing for the bot")
    await slack.say("alice", "#random", "@kettle is not here")
    await slack.say("alice", "#kitchen", "@kettle boil")
    await slack.say("alice", slack.dm("alice"), "boil")
    await slack.settled()
    events = [one["event"] for one in kitchen.asked]
    assert sorted((one["type"], one.get("channel_type")) for one in events) == [
        ("app_mention", None),
        ("message", "im"),
    ]
    envelope = kitchen.asked[0]
    assert envelope["type"] == "event_callback"
    assert envelope["authorizations"][0]["user_id"] == "U0BOT0001"


async def test_nobody_writes_in_an_archived_channel(kitchen: Kitchen) -> None:
    with pytest.raises(SlackError, match="is_archived"):
        await kitchen.slack.say("alice", "#attic", "dust")
