"""Cursors as callers see them: a mark as one opaque word, which is read back strictly.

A cursor grants nothing, it only says after which entry to go on, so it is not signed. What was not made here is
refused at the door, what was made for another list by that list.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from core.app.pages import Mark
from core.errors import InvalidError

LONGEST = 2000
PATTERN = "^[A-Za-z0-9_-]+$"
_LARGEST = 2**53


def cursor_of(mark: Mark) -> str:
    """The word for a mark."""
    return _word([mark.of, *_told(mark.by), *([] if mark.then is None else _told(mark.then))])


def mark_of(cursor: str) -> Mark:
    """The mark that a word stands for. Raises InvalidError for any word that `cursor_of` does not make."""
    try:
        if len(cursor) > LONGEST:
            raise ValueError
        of, *told = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        mark = Mark(of, *(_READ[kind](value) for kind, value in zip(told[::2], told[1::2], strict=True)))
        if not isinstance(of, str) or cursor_of(mark) != cursor:
            raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        hint = "Take the nextCursor of the page before, as it is."
        raise InvalidError("cursor is none that this list gave", hint=hint, field="cursor") from None
    return mark


def _word(parts: list[Any]) -> str:
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _told(value: datetime | UUID | str | int) -> tuple[str, str | int]:
    if isinstance(value, datetime):
        return "t", value.astimezone(UTC).isoformat()
    if isinstance(value, UUID):
        return "u", str(value)
    return ("n" if isinstance(value, int) else "s"), value


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < _LARGEST:
        raise ValueError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    return value


_READ: Mapping[str, Callable[[Any], Any]] = {"t": datetime.fromisoformat, "u": UUID, "n": _number, "s": _text}
