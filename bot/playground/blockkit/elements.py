"""Checks of Block Kit's elements, one function per family. The limits are Slack's published ones."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.playground.blockkit import parts
from bot.playground.blockkit.spot import Spot

Check = Callable[[Spot], None]

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def _button(spot: Spot) -> None:
    if spot.required("text"):
        parts.text(spot.key("text"), 75, plain=True)
    spot.optional_string("value", 2000)
    spot.optional_string("url", 3000)
    spot.optional_string("accessibility_label", 75)
    parts.style(spot)


def _overflow(spot: Spot) -> None:
    if spot.required("options"):
        parts.options(spot.key("options"), 1, 5)


def _choices(spot: Spot) -> None:
    """Radio buttons and checkboxes, whose option texts may be mrkdwn."""
    if spot.required("options"):
        parts.options(spot.key("options"), 1, 10, plain=False)
    _initial_is_offered(spot)


def _static_select(spot: Spot) -> None:
    if spot.has("option_groups"):
        if spot.has("options"):
            spot.wrong("only one of options and option_groups is allowed")
        parts.option_groups(spot.key("option_groups"))
    elif spot.required("options"):
        parts.options(spot.key("options"), 1, parts.OPTIONS)
    _placeholder(spot)
    _initial_is_offered(spot)


def _external_select(spot: Spot) -> None:
    spot.integer("min_query_length", 0, 3000)
    if spot.has("initial_option"):
        parts.option(spot.key("initial_option"))
    _placeholder(spot)


def _people_or_places(spot: Spot) -> None:
    _placeholder(spot)
    for name in ("initial_user", "initial_channel", "initial_conversation"):
        spot.optional_string(name, 255)


def _date(spot: Spot) -> None:
    if spot.has("initial_date") and not DATE.fullmatch(str(spot.value["initial_date"])):
        spot.key("initial_date").wrong("must be a date as YYYY-MM-DD")
    _placeholder(spot)


def _time(spot: Spot) -> None:
    if spot.has("initial_time") and not TIME.fullmatch(str(spot.value["initial_time"])):
        spot.key("initial_time").wrong("must be a time as HH:mm")
    _placeholder(spot)


def _date_time(spot: Spot) -> None:
    spot.integer("initial_date_time", 1_000_000_000, 9_999_999_999)


def _text_input(spot: Spot) -> None:
    spot.integer("min_length", 0, 3000)
    spot.integer("max_length", 1, 3000)
    spot.boolean("multiline")
    _placeholder(spot)
    if spot.has("initial_value"):
        longest = spot.value.get("max_length")
        spot.key("initial_value").string(longest if isinstance(longest, int) else 3000)
    low, high = spot.value.get("min_length"), spot.value.get("max_length")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        spot.key("min_length").wrong("must not be greater than max_length")


def _number_input(spot: Spot) -> None:
    if spot.required("is_decimal_allowed"):
        spot.boolean("is_decimal_allowed")
    _placeholder(spot)


def _image(spot: Spot) -> None:
    if spot.required("alt_text"):
        spot.key("alt_text").string(2000)
    if not spot.has("image_url") and not spot.has("slack_file"):
        spot.wrong("missing required field: image_url")
    spot.optional_string("image_url", 3000)


def _placeholder(spot: Spot) -> None:
    parts.optional_text(spot, "placeholder", 150)


def _initial_is_offered(spot: Spot) -> None:
    """An initial option must be one of the options, to the letter."""
    groups = spot.value.get("option_groups") or [{"options": spot.value.get("options")}]
    offered = [one for group in groups if isinstance(group, dict) for one in group.get("options") or []]
    if spot.has("initial_option") and spot.value["initial_option"] not in offered:
        spot.key("initial_option").wrong("initial_option must be one of the options")
    if spot.has("initial_options") and spot.key("initial_options").is_list(1, parts.OPTIONS):
        for initial in spot.key("initial_options").items():
            if initial.value not in offered:
                initial.wrong("initial_options must be among the options")


CHECKS: dict[str, Check] = {
    "button": _button,
    "overflow": _overflow,
    "radio_buttons": _choices,
    "checkboxes": _choices,
    "static_select": _static_select,
    "multi_static_select": _static_select,
    "external_select": _external_select,
    "multi_external_select": _external_select,
    "users_select": _people_or_places,
    "multi_users_select": _people_or_places,
    "conversations_select": _people_or_places,
    "channels_select": _people_or_places,
    "datepicker": _date,
    "timepicker": _time,
    "datetimepicker": _date_time,
    "plain_text_input": _text_input,
    "email_text_input": _text_input,
    "url_text_input": _text_input,
    "number_input": _number_input,
    "image": _image,
}

TYPED = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input"})
IN_INPUT = frozenset(CHECKS) - {"button", "overflow", "image"}
IN_ACTIONS = frozenset(CHECKS) - TYPED - {"image"}
AS_ACCESSORY = IN_ACTIONS | {"image"}


def element(spot: Spot, allowed: frozenset[str]) -> None:
    """Check any element that may stand here."""
    if not spot.is_object() or not spot.required("type"):
        return
    kind = spot.value["type"]
    if not isinstance(kind, str) or kind not in allowed:
        spot.key("type").wrong(f"unsupported type: {kind}")
        return
    spot.optional_string("action_id", 255)
    if spot.has("confirm"):
        parts.confirm(spot.key("confirm"))
    spot.boolean("focus_on_load")
    CHECKS[kind](spot)
