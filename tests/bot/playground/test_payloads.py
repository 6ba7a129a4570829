from __future__ import annotations

import pytest

from bot.playground import Playground
from bot.playground.payloads import channel_type
from tests.bot.playground.kettle import SECRET, SEED, TOKEN


@pytest.fixture
def ground() -> Playground:
    return Playground(SEED, bot_url="", signing_secret=SECRET, bot_token=TOKEN)


def test_conversations_have_slack_s_kinds(ground: Playground) -> None:
    places = ground.workspace
    direct, several = places.direct("alice", "bob"), places.direct("alice", "bob", "carol")
    kinds = [channel_type(one) for one in (places.conversation("C01"), places.conversation("C03"), direct, several)]
    assert kinds == ["channel", "group", "im", "mpim"]


def test_an_event_comes_in_an_envelope_of_its_own(ground: Playground) -> None:
    first, second = (ground.payloads.event({"type": "app_home_opened"}) for _ in range(2))
    assert (first["type"], first["event"]["type"], first["api_app_id"]) == (
        "event_callback",
        "app_home_opened",
        SEED.app_id,
    )
    assert first["event_id"] != second["event_id"]


def test_a_reply_s_interaction_names_its_thread(ground: Playground) -> None:
    parent = ground.workspace.post("C01", SEED.bot_user_id, "parent")
    reply = ground.workspace.post("C01", SEED.bot_user_id, "reply", thread_ts=parent.ts)
    payload = ground.payloads.on_message("block_actions", ground.workspace.person("alice"), reply)
    assert payload["container"]["thread_ts"] == payload["message"]["thread_ts"] == parent.ts
