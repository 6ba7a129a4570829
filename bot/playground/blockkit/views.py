"""Checks of modals and App Homes."""

from __future__ import annotations

from typing import Any

from bot.playground.blockkit import parts
from bot.playground.blockkit.blocks import block_list
from bot.playground.blockkit.spot import Spot

VIEW_BLOCKS = 100


def view_problems(view: Any, kind: str) -> list[str]:
    """What Slack would say against a view of the type `modal` or `home`; empty when all is well."""
    problems: list[str] = []
    spot = Spot(view, "/view", problems)
    if not spot.is_object() or not spot.required("type", "blocks"):
        return problems
    if spot.value["type"] != kind:
        spot.key("type").wrong(f"must be {kind}")
        return problems
    for name, limit in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        spot.optional_string(name, limit)
    if kind == "modal":
        _modal_words(spot)
    block_list(spot.key("blocks"), VIEW_BLOCKS)
    return problems


def _modal_words(spot: Spot) -> None:
    if spot.required("title"):
        parts.text(spot.key("title"), 24, plain=True)
    parts.optional_text(spot, "submit", 24)
    parts.optional_text(spot, "close", 24)
    spot.boolean("clear_on_close")
    spot.boolean("notify_on_close")
    blocks = spot.value["blocks"] if isinstance(spot.value["blocks"], list) else []
    has_input = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)
    if has_input and not spot.has("submit"):
        spot.wrong("a submit is required when an input is in blocks")
