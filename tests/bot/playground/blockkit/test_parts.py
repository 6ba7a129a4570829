from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.playground.blockkit import parts
from bot.playground.blockkit.spot import Spot
from tests.bot.playground.kettle import mrkdwn, plain


def problems(check: Callable[..., None], value: Any, *more: Any, **named: Any) -> list[str]:
    found: list[str] = []
    check(Spot(value, "", found), *more, **named)
    return found


@pytest.mark.parametrize("value", [None, "x", {}, {"type": "html", "text": "x"}, {"type": "mrkdwn", "text": 5}])
def test_a_text_is_an_object_of_a_known_type(value: Any) -> None:
    assert problems(parts.text, value, 10) != []


def test_a_text_has_one_to_so_many_letters() -> None:
    assert problems(parts.text, mrkdwn("x" * 10), 10) == []
    assert problems(parts.text, mrkdwn(""), 10) != []
    assert problems(parts.text, mrkdwn("x"), 10, plain=True) != []


def test_an_option_has_a_text_and_a_value() -> None:
    assert problems(parts.option, {"text": plain("t"), "value": "v"}) == []
    assert problems(parts.option, {"text": plain("t"), "value": ""}) != []
    assert problems(parts.option, {"text": plain("t")}) != []
    assert problems(parts.option, {"text": mrkdwn("t"), "value": "v"}) != []
    assert problems(parts.option, {"text": mrkdwn("t"), "value": "v"}, plain=False) == []


def test_a_confirmation_has_a_title_and_a_text() -> None:
    whole = {"title": plain("t"), "text": mrkdwn("x"), "confirm": plain("y"), "deny": plain("n"), "style": "danger"}
    assert problems(parts.confirm, whole) == []
    assert problems(parts.confirm, whole | {"style": "loud"}) != []
    assert problems(parts.confirm, {"title": plain("t")}) != []


def test_groups_have_labels_and_options() -> None:
    group = {"label": plain("G"), "options": [{"text": plain("t"), "value": "v"}]}
    assert problems(parts.option_groups, [group]) == []
    assert problems(parts.option_groups, []) != []
    assert problems(parts.option_groups, [group | {"options": []}]) != []
