from __future__ import annotations

import pytest

from bot.playground import Playground, SlackError
from bot.playground.answers import answer_in_words, checked, give_answer
from bot.playground.passes import ResponseUrl
from tests.bot.playground.kettle import SECRET, SEED, TOKEN


@pytest.fixture
def ground() -> Playground:
    return Playground(SEED, bot_url="", signing_secret=SECRET, bot_token=TOKEN)


def url(ground: Playground, ts: str | None = None) -> ResponseUrl:
    return ResponseUrl("U01", "C01", ts, ground.workspace.now())


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("", {}),
        (" \n", {}),
        ("plain words", {"text": "plain words"}),
        ('{"text": "x"}', {"text": "x"}),
        ("[1]", {"text": "[1]"}),
        ("[" * 100_000, {"text": "[" * 100_000}),
    ],
)
def test_a_command_is_answered_with_nothing_words_or_a_message(body: str, answer: dict[str, str]) -> None:
    assert answer_in_words(body) == answer


def test_content_is_text_or_blocks(ground: Playground) -> None:
    assert checked(ground.workspace, None, [{"type": "divider"}]).text == ""
    assert checked(ground.workspace, None, None, has_files=True).blocks == []
    for text, blocks, code in (
        (None, [], "no_text"),
        ("x" * 11, None, "msg_too_long"),
        ("x", {}, "invalid_blocks_format"),
    ):
        with pytest.raises(SlackError, match=code):
            checked(ground.workspace, text, blocks, limit=10)


def test_a_message_is_replaced_where_it_stands(ground: Playground) -> None:
    message = ground.workspace.post("C01", SEED.bot_user_id, "before")
    give_answer(ground, url(ground, message.ts), {"text": "after", "replace_original": "true"})
    assert (message.text, message.edited_ts is not None) == ("after", True)


def test_an_ephemeral_message_is_replaced_without_a_mark(ground: Playground) -> None:
    message = ground.workspace.post("C01", SEED.bot_user_id, "before", ephemeral_to="U01")
    give_answer(ground, url(ground, message.ts), {"text": "after", "replace_original": True})
    assert (message.text, message.edited_ts, message.ephemeral_to) == ("after", None, "U01")


def test_deleting_what_is_gone_does_nothing(ground: Playground) -> None:
    message = ground.workspace.post("C01", SEED.bot_user_id, "before")
    for _ in range(2):
        give_answer(ground, url(ground, message.ts), {"delete_original": True})
    assert ground.workspace.messages["C01"] == []


def test_what_cannot_be_replaced_is_said_anew(ground: Playground) -> None:
    give_answer(ground, url(ground), {"text": "new", "replace_original": True})
    (said,) = ground.workspace.messages["C01"]
    assert (said.text, said.ephemeral_to) == ("new", "U01")
