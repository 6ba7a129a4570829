from __future__ import annotations

from typing import Any

import pytest

from bot.playground import forms
from bot.playground.errors import NoSuchControlError
from tests.bot.playground.kettle import plain

RED = {"text": plain("Red"), "value": "r"}
BLUE = {"text": plain("Blue"), "value": "b"}


def field(kind: str, *, optional: bool = False, **more: Any) -> dict[str, Any]:
    element = {"type": kind, "action_id": f"a.{kind}", **more}
    return {"type": "input", "block_id": f"b.{kind}", "label": plain("L"), "element": element, "optional": optional}


@pytest.mark.parametrize(
    ("element", "entry", "expected"),
    [
        ({"type": "plain_text_input"}, "hi", {"value": "hi"}),
        ({"type": "plain_text_input"}, "", {"value": None}),
        ({"type": "static_select", "options": [RED, BLUE]}, "b", {"selected_option": BLUE}),
        ({"type": "static_select", "options": [RED, BLUE]}, "Red", {"selected_option": RED}),
        ({"type": "external_select"}, BLUE, {"selected_option": BLUE}),
        ({"type": "checkboxes", "options": [RED, BLUE]}, ["r", "b"], {"selected_options": [RED, BLUE]}),
        ({"type": "checkboxes", "options": [RED]}, None, {"selected_options": []}),
        ({"type": "datepicker"}, "2026-12-20", {"selected_date": "2026-12-20"}),
        ({"type": "datetimepicker"}, "1760000000", {"selected_date_time": 1760000000}),
        ({"type": "users_select"}, "U01", {"selected_user": "U01"}),
        ({"type": "multi_users_select"}, ["U01"], {"selected_users": ["U01"]}),
    ],
)
def test_plain_values_become_slack_s_state(element: dict[str, Any], entry: Any, expected: dict[str, Any]) -> None:
    assert forms.entered(element, entry) == {"type": element["type"], **expected}


def test_only_offered_options_can_be_chosen() -> None:
    with pytest.raises(NoSuchControlError, match="does not offer 'green'"):
        forms.entered({"type": "static_select", "action_id": "colour", "options": [RED]}, "green")


def test_fields_are_named_by_action_or_block() -> None:
    blocks = [field("plain_text_input")]
    for name in ("a.plain_text_input", "b.plain_text_input", "b.plain_text_input/a.plain_text_input"):
        assert forms.filled(blocks, {}, {name: "x"})["b.plain_text_input"]["a.plain_text_input"]["value"] == "x"
    with pytest.raises(NoSuchControlError, match=r"nothing here is called 'other'; there is: a\.plain_text_input"):
        forms.filled(blocks, {}, {"other": "x"})


def test_a_field_keeps_what_was_typed_when_the_app_sends_it_again() -> None:
    before = [field("plain_text_input", initial_value="one")]
    state = forms.filled(before, forms.initial_state(before), {"a.plain_text_input": "typed"})
    again = forms.initial_state([field("plain_text_input", initial_value="two"), field("datepicker")], kept=state)
    assert again["b.plain_text_input"]["a.plain_text_input"]["value"] == "typed"
    assert again["b.datepicker"]["a.datepicker"]["selected_date"] is None


@pytest.mark.parametrize(
    ("block", "entry", "complaint"),
    [
        (field("plain_text_input"), " ", "required"),
        (field("plain_text_input", optional=True), "", ""),
        (field("plain_text_input", max_length=3), "long", "at most 3"),
        (field("plain_text_input", min_length=3), "ab", "at least 3"),
        (field("number_input", is_decimal_allowed=False), "1.5", "number"),
        (field("number_input", is_decimal_allowed=True), "1.5", ""),
        (field("email_text_input"), "nobody", "email"),
        (field("url_text_input"), "example.com", "URL"),
        (field("checkboxes", options=[RED]), [], "required"),
    ],
)
def test_the_client_complains_before_anything_is_sent(block: dict[str, Any], entry: Any, complaint: str) -> None:
    state = forms.filled([block], {}, {block["block_id"]: entry})
    found = forms.complaints([block], state)
    assert complaint in found.get(block["block_id"], "")
    assert bool(found) is bool(complaint)
