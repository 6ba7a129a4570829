from __future__ import annotations

from typing import Any

import pytest

from bot.playground.blockkit import elements
from bot.playground.blockkit.spot import Spot
from tests.bot.playground.kettle import plain

ONE = [{"text": plain("One"), "value": "1"}]


def problems(value: Any, allowed: frozenset[str] = elements.IN_INPUT) -> list[str]:
    found: list[str] = []
    elements.element(Spot(value, "/e", found), allowed)
    return found


@pytest.mark.parametrize(
    "element",
    [
        {"type": "datepicker", "initial_date": "2026-12-20"},
        {"type": "timepicker", "initial_time": "23:59"},
        {"type": "datetimepicker", "initial_date_time": 1_760_000_000},
        {"type": "number_input", "is_decimal_allowed": False},
        {"type": "email_text_input"},
        {"type": "checkboxes", "options": ONE, "initial_options": ONE},
        {"type": "static_select", "option_groups": [{"label": plain("G"), "options": ONE}], "initial_option": ONE[0]},
        {"type": "multi_external_select", "min_query_length": 0},
        {"type": "users_select", "initial_user": "U01"},
    ],
)
def test_what_slack_takes_is_taken(element: dict[str, Any]) -> None:
    assert problems(element) == []


@pytest.mark.parametrize(
    ("element", "pointer"),
    [
        ("button", "/e]"),
        ({}, "/e]"),
        ({"type": "file_input"}, "/e/type]"),
        ({"type": "timepicker", "initial_time": "24:00"}, "/e/initial_time]"),
        ({"type": "datetimepicker", "initial_date_time": 5}, "/e/initial_date_time]"),
        ({"type": "number_input"}, "/e]"),
        ({"type": "plain_text_input", "min_length": 5, "max_length": 3}, "/e/min_length]"),
        ({"type": "plain_text_input", "multiline": 1}, "/e/multiline]"),
        ({"type": "static_select", "options": ONE, "option_groups": [{"label": plain("G"), "options": ONE}]}, "/e]"),
        ({"type": "checkboxes", "options": ONE, "initial_options": [{"text": plain("?"), "value": "?"}]}, "options/0]"),
        ({"type": "external_select", "min_query_length": "3"}, "/e/min_query_length]"),
        ({"type": "datepicker", "action_id": "x" * 256}, "/e/action_id]"),
        ({"type": "datepicker", "confirm": {"title": plain("t")}}, "/e/confirm]"),
    ],
)
def test_what_slack_refuses_is_refused_with_its_place(element: Any, pointer: str) -> None:
    assert any(problem.endswith(pointer) for problem in problems(element))


def test_where_an_element_may_stand() -> None:
    field = {"type": "plain_text_input"}
    assert problems(field, elements.IN_INPUT) == []
    assert problems(field, elements.IN_ACTIONS) != []
    picture = {"type": "image", "image_url": "https://e.example/i.png", "alt_text": "x"}
    assert problems(picture, elements.AS_ACCESSORY) == []
    assert problems(picture, elements.IN_ACTIONS) != []
