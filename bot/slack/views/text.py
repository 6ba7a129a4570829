"""Words inside Slack's rules: escaped, cut with a mark, dated in the reader's zone.

Whatever people wrote passes through `safe`, so it can neither ping anybody nor make links of its own; in free text
direction marks are dropped and right-to-left text is fenced in, so that it cannot turn our own words around.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

MARK = "…"
SECTION = 3000
CONTEXT = 2000
HEADER = 150
TITLE = 24
LABEL = 75
CONFIRM = 300
FALLBACK = 1500

_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_NEW_LINE = "\u2069\n> \u2068"
_FENCE, _FENCE_END = "\u2068", "\u2069"


def cut(text: str, limit: int) -> str:
    """At most `limit` characters; what is left out leaves a mark."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + MARK


def cut_mrkdwn(text: str, limit: int) -> str:
    """At most `limit` characters of our own mrkdwn, never cut inside of a date, a link, an entity or a fence."""
    if len(text) <= limit:
        return text
    kept = re.sub(r"(<[^>]*|&[a-z]*)\Z", "", text[: limit - 2]).rstrip()
    return kept + MARK + (_FENCE_END if kept.count(_FENCE) > kept.count(_FENCE_END) else "")


def safe(text: str, limit: int = SECTION) -> str:
    """Somebody's text for mrkdwn, at most `limit` characters as sent; never cut inside of an entity."""
    plain = _DIRECTIONS.sub("", text)
    fenced = _is_right_to_left(plain)
    room = limit - 2 * fenced
    escaped = "".join(_ENTITIES.get(character, character) for character in plain[: room + 1])
    if len(escaped) > room:
        escaped = re.sub(r"&[a-z]*\Z", "", escaped[: room - 1]).rstrip() + MARK
    return f"{_FENCE}{escaped}{_FENCE_END}" if fenced else escaped


def plain(text: str, limit: int) -> str:
    """Somebody's text for plain_text, in one line."""
    return cut(" ".join(_DIRECTIONS.sub("", text).split()), limit)


def in_line(text: str, limit: int = 300) -> str:
    """Somebody's text for mrkdwn, in one line."""
    return safe(" ".join(text.split()), limit)


def quoted(text: str, limit: int = SECTION) -> str:
    """Somebody's text as a quotation: no line of it can pass for ours."""
    rows = [row for row in text.splitlines() if row.strip()] or [""]
    marked = "\n".join(f"> {safe(row)}" for row in rows)
    return cut_mrkdwn(marked, limit)


def pieces(text: str, size: int) -> Iterator[str]:
    """The whole of somebody's text, quoted, in pieces of at most `size` characters as sent."""
    piece, room = "", size
    for character in text.strip():
        # A new line costs its mark, and perhaps a fence.
        width = len(_NEW_LINE) if character == "\n" else len(_ENTITIES.get(character, character))
        nearly_full = character == "\n" and room < size // 5
        if nearly_full or width + len(_NEW_LINE) > room:
            yield quoted(piece, size)
            piece, room = "", size
        piece += character
        room -= width
    if piece.strip():
        yield quoted(piece, size)


def moment(at: datetime) -> str:
    """A time in the reader's zone; UTC where Slack cannot work it out."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{utc(at)}>"


def deadline(at: datetime) -> str:
    """A time ahead in the reader's zone, with how far away it is."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}} ({{ago}})|{utc(at)}>"


def utc(at: datetime) -> str:
    """A time for places that know no dates of Slack's."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def counted(number: int, one: str, many: str = "") -> str:
    """`1 approval`, `2 approvals`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(words: Iterable[str], most: int, last: str = "and") -> str:
    """`Bob, Carol and 12 more`, `Bob and Carol`; with another word before the last one, `Bob or Carol`."""
    all_words = list(words)
    if len(all_words) > most:
        return f"{', '.join(all_words[:most])} and {len(all_words) - most} more"
    return f" {last} ".join(filter(None, [", ".join(all_words[:-1]), *all_words[-1:]]))


def rows_within(rows: Iterable[str], limit: int, noun: str) -> str:
    """As many rows as fit; then how many more there are."""
    waiting = list(rows)
    shown: list[str] = []
    room = limit - len(f"{MARK} and {len(waiting)} more {noun}") - 1
    while waiting and len(waiting[0]) < room:
        room -= len(waiting[0]) + 1
        shown.append(waiting.pop(0))
    if waiting:
        shown.append(f"{MARK} and {len(waiting)} more {noun}")
    return "\n".join(shown)


def _is_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in {"R", "AL"} for character in text)
