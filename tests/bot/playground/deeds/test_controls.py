from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.playground import Driver, NoSuchControlError, Seen
from tests.bot.playground.conftest import Kitchen


async def a_card(slack: Driver) -> Seen:
    await slack.command("alice", "#kitchen", "/tea", "Assam")
    return await slack.message("#kitchen", "Assam")


async def test_a_click_has_slack_s_shape(kitchen: Kitchen) -> None:
    card = await a_card(kitchen.slack)
    await kitchen.slack.click("bob", card, "tea.pour")
    sent = kitchen.asked[-1]
    assert sent["type"] == "block_actions"
    assert sent["user"] == {"id": "U02", "username": "bob", "name": "bob", "team_id": "T00000001"}
    assert sent["container"] == {
        "type": "message",
        "message_ts": card.ts,
        "channel_id": "C01",
        "is_ephemeral": False,
    }
    assert sent["channel"] == {"id": "C01", "name": "kitchen"}
    assert sent["message"]["blocks"] == card.blocks
    action = sent["actions"][0]
    assert (action["type"], action["block_id"], action["value"]) == ("button", "verdict", "Assam")
    assert action["text"] == {"type": "plain_text", "text": "Pour out", "emoji": True}
    assert float(action["action_ts"]) > float(card.ts)
    assert sent["state"] == {"values": {}}


async def test_a_button_on_an_ephemeral_message_comes_without_the_message(kitchen: Kitchen) -> None:
    elements = [{"type": "button", "text": {"type": "plain_text", "text": "OK"}, "action_id": "tea.hello"}]
    blocks = [{"type": "actions", "elements": elements}]
    await kitchen.client.chat_postEphemeral(channel="C01", user="U01", text="x", blocks=blocks)
    outcome = await kitchen.slack.click("alice", kitchen.slack.ephemerals("alice")[0], "tea.hello")
    assert kitchen.asked[-1]["container"]["is_ephemeral"] is True
    assert "message" not in kitchen.asked[-1]
    # The app has no listener for this button.
    assert outcome.error == "dispatch_failed"


async def test_two_people_may_press_at_the_same_moment(kitchen: Kitchen) -> None:
    card = await a_card(kitchen.slack)
    presses = [kitchen.slack.click(user, card, "tea.pour") for user in ("alice", "bob", "carol")]
    assert all(one.ok for one in await asyncio.gather(*presses))
    pressed = [one["user"]["id"] for one in kitchen.asked if one.get("type") == "block_actions"]
    assert sorted(pressed) == ["U01", "U02", "U03"]


async def test_type_ahead_waits_for_enough_letters(kitchen: Kitchen) -> None:
    element = {"type": "external_select", "action_id": "kind", "min_query_length": 2}
    blocks = [{"type": "actions", "block_id": "b", "elements": [element]}]
    sent = await kitchen.client.chat_postMessage(channel="C01", text="x", blocks=blocks)
    assert await kitchen.slack.suggest("alice", sent["ts"], "kind", "o") == []
    assert [one["value"] for one in await kitchen.slack.suggest("alice", sent["ts"], "kind", "oo")] == [
        "oolong",
        "rooibos",
    ]
    asked = kitchen.asked[-1]
    assert (asked["type"], asked["value"], asked["action_id"], asked["block_id"]) == (
        "block_suggestion",
        "oo",
        "kind",
        "b",
    )


async def test_what_is_chosen_in_a_message_is_in_its_state(kitchen: Kitchen) -> None:
    option = {"text": {"type": "plain_text", "text": "Red"}, "value": "red"}
    field = {
        "type": "input",
        "block_id": "colour",
        "label": {"type": "plain_text", "text": "Colour"},
        "element": {"type": "static_select", "action_id": "colour", "options": [option]},
    }
    press = {"type": "button", "text": {"type": "plain_text", "text": "Pour"}, "action_id": "tea.pour"}
    blocks: list[dict[str, Any]] = [field, {"type": "actions", "elements": [press]}]
    sent = await kitchen.client.chat_postMessage(channel="C01", text="x", blocks=blocks)
    await kitchen.slack.fill("alice", sent["ts"], {"colour": "Red"})
    assert kitchen.asked == []
    await kitchen.slack.click("alice", sent["ts"], "tea.pour")
    chosen = kitchen.asked[-1]["state"]["values"]["colour"]["colour"]["selected_option"]
    assert chosen["value"] == "red"
    await kitchen.slack.click("bob", sent["ts"], "tea.pour")
    assert kitchen.asked[-1]["state"]["values"]["colour"]["colour"]["selected_option"] is None


async def test_what_is_not_there_cannot_be_pressed(kitchen: Kitchen) -> None:
    card = await a_card(kitchen.slack)
    with pytest.raises(NoSuchControlError, match=r"there is: tea\.boil, tea\.more, tea\.pour"):
        await kitchen.slack.click("bob", card, "tea.drink")
    with pytest.raises(NoSuchControlError, match="asks for no confirmation"):
        await kitchen.slack.click("bob", card, "tea.pour", confirm=False)
