"""What people enter: Slack's `state.values`, from plain values, with the checks Slack's own client makes.

A plain value is a string (typed text, a date, the value of an option, a user id), a list of them (several choices), an
option object (from type-ahead) or None (emptied).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.playground.blockkit import walk_elements
from bot.playground.errors import NoSuchControlError
from bot.playground.records import Json

State = dict[str, dict[str, Json]]

REQUIRED = "Please complete this required field."
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

# type of element -> (the field of its value, the field of its initial value)
SINGLE = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
}


def initial_state(blocks: list[Json], kept: State | None = None) -> State:
    """The state of all fields as the app sent them; a field in `kept` with the same ids and type stays as it was."""
    state: State = {}
    for block, element in walk_elements(blocks):
        kind = element["type"]
        if kind not in SINGLE or kind == "overflow":
            continue
        value_name, initial_name = SINGLE[kind]
        initial = element.get(initial_name)
        held = (kept or {}).get(block["block_id"], {}).get(element["action_id"])
        if held is None or held["type"] != kind:
            held = {"type": kind, value_name: [] if initial is None and value_name.endswith("s") else initial}
        state.setdefault(block["block_id"], {})[element["action_id"]] = held
    return state


def entered(element: Json, plain: Any) -> Json:
    """What an element of a form or an action says once a person has entered `plain` in it."""
    kind = element["type"]
    name, _ = SINGLE[kind]
    value: Any
    if name == "selected_option":
        value = None if plain in (None, "") else _option(element, plain)
    elif name == "selected_options":
        value = [_option(element, one) for one in plain or []]
    elif name == "selected_date_time":
        value = None if plain in (None, "") else int(plain)
    elif name == "selected_users":
        value = list(plain or [])
    else:
        value = None if plain in (None, "") else str(plain)
    return {"type": kind, name: value}


def offered(element: Json) -> list[Json]:
    """The options that an element offers of itself."""
    groups = element.get("option_groups") or [{"options": element.get("options") or []}]
    return [option for group in groups for option in group["options"]]


def _option(element: Json, plain: Any) -> Json:
    if isinstance(plain, Mapping):
        options = [dict(plain)]
        value = plain.get("value")
    else:
        options, value = offered(element), plain
    for option in options if element["type"].endswith("external_select") else offered(element):
        if value in (option["value"], option["text"]["text"]):
            return option
    raise NoSuchControlError(f"{element.get('action_id')} does not offer {value!r}")


def filled(blocks: list[Json], state: State, values: Mapping[str, Any]) -> State:
    """`state` with `values` entered, each named by its action id or block id, or `block_id/action_id` where needed."""
    fresh = {block_id: dict(actions) for block_id, actions in state.items()}
    for name, plain in values.items():
        block, element = find_element(blocks, name)
        fresh.setdefault(block["block_id"], {})[element["action_id"]] = entered(element, plain)
    return fresh


def find_element(blocks: list[Json], name: str, block_id: str | None = None) -> tuple[Json, Json]:
    """The element with that action id, or the field in the block with that id."""
    for block, element in walk_elements(blocks):
        if block_id not in (None, block["block_id"]):
            continue
        own = f"{block['block_id']}/{element['action_id']}"
        if name in (element["action_id"], own) or (name == block["block_id"] and block["type"] == "input"):
            return block, element
    there = ", ".join(sorted({element["action_id"] for _, element in walk_elements(blocks)})) or "none"
    raise NoSuchControlError(f"nothing here is called {name!r}; there is: {there}")


def complaints(blocks: list[Json], state: State) -> dict[str, str]:
    """What Slack's client finds wrong before anything is sent, by block id."""
    found: dict[str, str] = {}
    for block, element in walk_elements(blocks):
        if block["type"] != "input":
            continue
        entry = state.get(block["block_id"], {}).get(element["action_id"], {})
        value = entry.get(SINGLE[element["type"]][0])
        empty = value is None or value == [] or (isinstance(value, str) and not value.strip())
        if empty and not block.get("optional"):
            found[block["block_id"]] = REQUIRED
        elif not empty and (complaint := _complaint(element, value)):
            found[block["block_id"]] = complaint
    return found


def _complaint(element: Json, value: Any) -> str:
    kind = element["type"]
    if kind == "number_input":
        pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
        return "" if re.fullmatch(pattern, value) else "Please enter a number."
    if kind == "email_text_input":
        return "" if EMAIL.fullmatch(value) else "Please enter a valid email address."
    if kind == "url_text_input":
        return "" if re.match(r"https?://\S+$", value) else "Please enter a valid URL."
    if kind == "plain_text_input":
        if len(value) > element.get("max_length", 3000):
            return f"Please enter at most {element.get('max_length', 3000)} characters."
        if len(value) < element.get("min_length", 0):
            return f"Please enter at least {element['min_length']} characters."
    return ""
