"""Slack's published limits, each at its edge and one beyond."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.blockkit import message_problems
from tests.bot.playground.kettle import button, card, mrkdwn, plain


def section(**more: Any) -> dict[str, Any]:
    return {"type": "section", **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def options(count: int, *, text: int = 1, value: int = 1) -> list[dict[str, Any]]:
    return [{"text": plain("t" * text), "value": f"{n}".rjust(value, "v")} for n in range(count)]


def select(count: int, **more: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "s", "options": options(count, **more)}


def asked(title: int = 1, text: int = 1, yes: int = 1) -> dict[str, Any]:
    return {"title": plain("t" * title), "text": mrkdwn("x" * text), "confirm": plain("y" * yes)}


def test_a_real_card_is_accepted() -> None:
    assert message_problems(card("Assam", "U01", "wanted", is_open=True)) == []


@pytest.mark.parametrize(
    ("make", "edge"),
    [
        (lambda n: [section(text=mrkdwn("x" * n))], 3000),
        (lambda n: [section(fields=[mrkdwn("x")] * n)], 10),
        (lambda n: [section(fields=[mrkdwn("x" * n)])], 2000),
        (lambda n: [{"type": "header", "text": plain("x" * n)}], 150),
        (lambda n: [{"type": "divider"}] * n, 50),
        (lambda n: [{"type": "context", "elements": [mrkdwn("x")] * n}], 10),
        (lambda n: [actions(*(button("b", f"a{i}") for i in range(n)))], 25),
        (lambda n: [actions(button("x" * n, "a"))], 75),
        (lambda n: [actions(button("b", "a", value="x" * n))], 2000),
        (lambda n: [actions(button("b", "a" * n))], 255),
        (lambda n: [actions(button("b", "a", url="https://" + "x" * (n - 8)))], 3000),
        (lambda n: [actions(button("b", "a", accessibility_label="x" * n))], 75),
        (lambda n: [actions(button("b", "a", confirm=asked(title=n)))], 100),
        (lambda n: [actions(button("b", "a", confirm=asked(text=n)))], 300),
        (lambda n: [actions(button("b", "a", confirm=asked(yes=n)))], 30),
        (lambda n: [section(text=mrkdwn("x"), block_id="b" * n)], 255),
        (lambda n: [actions({"type": "overflow", "action_id": "o", "options": options(n)})], 5),
        (lambda n: [actions({"type": "radio_buttons", "action_id": "o", "options": options(n)})], 10),
        (lambda n: [actions(select(n))], 100),
        (lambda n: [actions(select(1, text=n))], 75),
        (lambda n: [actions(select(1, value=n))], 150),
        (lambda n: [actions(select(1) | {"placeholder": plain("x" * n)})], 150),
        (lambda n: [{"type": "image", "image_url": "https://e.example/i.png", "alt_text": "x" * n}], 2000),
    ],
)
def test_the_limit_is_accepted_and_one_more_is_not(make: Any, edge: int) -> None:
    assert message_problems(make(edge)) == []
    assert message_problems(make(edge + 1)) != []


@pytest.mark.parametrize(
    ("blocks", "pointer"),
    [
        ("no list", "/blocks]"),
        ([7], "/blocks/0]"),
        ([{"type": "nonsense"}], "/blocks/0/type]"),
        ([{"type": ["section"]}], "/blocks/0/type]"),
        ([section()], "/blocks/0]"),
        ([section(text=mrkdwn(""))], "/blocks/0/text/text]"),
        ([section(text="words")], "/blocks/0/text]"),
        ([section(text={"type": "mrkdwn", "text": "x", "emoji": True})], "/blocks/0/text/emoji]"),
        ([{"type": "header", "text": mrkdwn("x")}], "/blocks/0/text/type]"),
        ([actions()], "/blocks/0/elements]"),
        ([actions(button("b", "a", style="purple"))], "/blocks/0/elements/0/style]"),
        ([actions({"type": "plain_text_input", "action_id": "a"})], "/blocks/0/elements/0/type]"),
        ([actions(button("b", "same"), button("c", "same"))], "/blocks/0]"),
        ([section(text=mrkdwn("x"), block_id="b"), section(text=mrkdwn("y"), block_id="b")], "/blocks/1/block_id]"),
        (
            [actions(select(2) | {"initial_option": {"text": plain("no"), "value": "no"}})],
            "/elements/0/initial_option]",
        ),
        ([actions({"type": "datepicker", "action_id": "d", "initial_date": "tomorrow"})], "/elements/0/initial_date]"),
        ([{"type": "context", "elements": [{"type": "image", "image_url": "x"}]}], "/blocks/0/elements/0]"),
        ([{"type": "rich_text", "elements": [{"type": "table"}]}], "/blocks/0/elements/0/type]"),
    ],
)
def test_a_problem_names_its_place(blocks: Any, pointer: str) -> None:
    assert any(problem.endswith(pointer) for problem in message_problems(blocks))


def test_the_same_action_id_may_stand_in_two_blocks() -> None:
    assert message_problems([actions(button("b", "same")), actions(button("c", "same"))]) == []
