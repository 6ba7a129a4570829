"""What Slack adds to blocks: ids where the app gave none, and the defaults of text objects."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]


def completed(blocks: list[Json], new_id: Callable[[], str]) -> list[Json]:
    """A copy of checked `blocks` as Slack stores and returns them."""
    whole = copy.deepcopy(blocks)
    for block in whole:
        if not block.get("block_id"):
            block["block_id"] = new_id()
        for _, element in walk_elements([block]):
            if element.get("type") not in ("image", "plain_text", "mrkdwn") and not element.get("action_id"):
                element["action_id"] = new_id()
        if block["type"] != "rich_text":
            _texts(block)
    return whole


def walk_elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element, with the block it stands in."""
    for block in blocks:
        kind = block.get("type")
        if kind == "actions":
            for element in block["elements"]:
                yield block, element
        elif kind == "section" and block.get("accessory"):
            yield block, block["accessory"]
        elif kind == "input":
            yield block, block["element"]


def _texts(node: Any) -> None:
    if isinstance(node, list):
        for item in node:
            _texts(item)
    elif isinstance(node, dict):
        if node.get("type") == "plain_text":
            node.setdefault("emoji", True)
        elif node.get("type") == "mrkdwn":
            node.setdefault("verbatim", False)
        for value in node.values():
            _texts(value)
