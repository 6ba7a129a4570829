"""The words that a reader sees in blocks, in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# Seen only after a click, or grey.
HIDDEN = frozenset({"confirm", "options", "option_groups", "placeholder", "value"})


def words_of(blocks: list[dict[str, Any]]) -> str:
    """One line for each piece of text, labels of buttons and fields among them."""
    return "\n".join(_walk(blocks))


def _walk(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _walk(item)
    elif isinstance(node, dict):
        for name in ("text", "alt_text", "initial_value"):
            if isinstance(node.get(name), str):
                yield node[name]
        for name, value in node.items():
            if name not in HIDDEN and isinstance(value, dict | list):
                yield from _walk(value)
