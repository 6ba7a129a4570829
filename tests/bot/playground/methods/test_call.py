from __future__ import annotations

from typing import Any

import pytest

from bot.playground import Playground, SlackError
from bot.playground.methods import Call
from tests.bot.playground.kettle import SECRET, SEED, TOKEN


def call(**arguments: Any) -> Call:
    return Call(Playground(SEED, bot_url="", signing_secret=SECRET, bot_token=TOKEN), arguments)


def test_forms_and_json_are_read_alike() -> None:
    assert call(text=5).text("text") == call(text="5").text("text") == "5"
    assert call(limit="7").integer("limit", 1) == call(limit=7).integer("limit", 1) == 7
    assert call(on="true").flag("on") is call(on=True).flag("on") is call(on="1").flag("on") is True
    assert call(blocks="[1]").structured("blocks") == call(blocks=[1]).structured("blocks") == [1]
    assert call(users="a, b,").names("users") == call(users=["a", "b"]).names("users") == ["a", "b"]


@pytest.mark.parametrize(
    "read",
    [
        lambda: call(text=True).text("text"),
        lambda: call(text={}).text("text"),
        lambda: call().needed("text"),
        lambda: call(limit="many").integer("limit", 1),
        lambda: call(blocks="{").structured("blocks"),
        lambda: call(blocks="[" * 100_000).structured("blocks"),
    ],
)
def test_what_cannot_be_read_is_an_invalid_argument(read: Any) -> None:
    with pytest.raises(SlackError, match="invalid_arguments"):
        read()


def test_private_places_exist_for_their_members_only() -> None:
    asking = call(channel="C03")
    assert asking.conversation().name == "keepers"
    asking.workspace.conversation("C03").members.discard(asking.bot)
    with pytest.raises(SlackError, match="channel_not_found"):
        asking.conversation()


def test_pages_follow_each_other() -> None:
    items = [{"n": n} for n in range(5)]
    page, metadata = call(limit=2).page(items)
    assert page == items[:2]
    page, metadata = call(limit=3, cursor=metadata["next_cursor"]).page(items)
    assert (page, metadata["next_cursor"]) == (items[2:], "")


@pytest.mark.parametrize("cursor", ["!", "b2Zmc2V0", "b2Zmc2V0Oi0x", "aGVsbG86MQ=="])
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(SlackError, match="invalid_cursor"):
        call(cursor=cursor).page([])
