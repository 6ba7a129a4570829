"""Checks of blocks, and of all blocks of a message together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.playground.blockkit import elements, parts
from bot.playground.blockkit.spot import Spot

MESSAGE_BLOCKS = 50
RICH_TEXT_PARTS = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")


def _section(spot: Spot) -> None:
    if not spot.has("text") and not spot.has("fields"):
        spot.wrong("missing required field: text or fields")
    parts.optional_text(spot, "text", 3000, plain=False)
    if spot.has("fields") and spot.key("fields").is_list(1, 10):
        for field in spot.key("fields").items():
            parts.text(field, 2000)
    if spot.has("accessory"):
        elements.element(spot.key("accessory"), elements.AS_ACCESSORY)


def _header(spot: Spot) -> None:
    if spot.required("text"):
        parts.text(spot.key("text"), 150, plain=True)


def _divider(spot: Spot) -> None:
    """A divider has nothing of its own to check."""


def _image(spot: Spot) -> None:
    elements.element(spot, frozenset({"image"}))
    parts.optional_text(spot, "title", 2000)


def _actions(spot: Spot) -> None:
    if spot.required("elements") and spot.key("elements").is_list(1, 25):
        for one in spot.key("elements").items():
            elements.element(one, elements.IN_ACTIONS)


def _context(spot: Spot) -> None:
    if not spot.required("elements") or not spot.key("elements").is_list(1, 10):
        return
    for one in spot.key("elements").items():
        if isinstance(one.value, dict) and one.value.get("type") == "image":
            elements.element(one, frozenset({"image"}))
        else:
            parts.text(one, 2000)


def _input(spot: Spot) -> None:
    if not spot.required("label", "element"):
        return
    parts.text(spot.key("label"), 2000, plain=True)
    parts.optional_text(spot, "hint", 2000)
    spot.boolean("optional")
    spot.boolean("dispatch_action")
    elements.element(spot.key("element"), elements.IN_INPUT)


def _rich_text(spot: Spot) -> None:
    if not spot.required("elements") or not spot.key("elements").is_list(0, 1000):
        return
    for one in spot.key("elements").items():
        if one.is_object() and one.value.get("type") not in RICH_TEXT_PARTS:
            one.key("type").wrong(f"unsupported type: {one.value.get('type')}")


CHECKS: dict[str, Callable[[Spot], None]] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "image": _image,
    "actions": _actions,
    "context": _context,
    "input": _input,
    "rich_text": _rich_text,
}


def block_list(spot: Spot, most: int) -> None:
    """Check every block of a message or view, and that ids are used once."""
    if not spot.is_list(0, most):
        return
    seen: set[str] = set()
    for block in spot.items():
        if not block.is_object() or not block.required("type"):
            continue
        kind = block.value["type"]
        if not isinstance(kind, str) or kind not in CHECKS:
            block.key("type").wrong(f"unsupported type: {kind}")
            continue
        block.optional_string("block_id", 255)
        CHECKS[kind](block)
        _action_ids_once(block)
        block_id = block.value.get("block_id")
        if isinstance(block_id, str) and block_id:
            if block_id in seen:
                block.key("block_id").wrong(f"block_id already exists: {block_id}")
            seen.add(block_id)


def _action_ids_once(block: Spot) -> None:
    ids: set[str] = set()
    listed = block.value.get("elements")
    for one in listed if isinstance(listed, list) else []:
        action_id = one.get("action_id") if isinstance(one, dict) else None
        if isinstance(action_id, str) and action_id:
            if action_id in ids:
                block.wrong(f"action_id already exists: {action_id}")
            ids.add(action_id)


def message_problems(blocks: Any) -> list[str]:
    """What Slack would say against the blocks of a message; empty when all is well."""
    problems: list[str] = []
    block_list(Spot(blocks, "/blocks", problems), MESSAGE_BLOCKS)
    return problems
