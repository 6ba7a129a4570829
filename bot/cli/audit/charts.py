"""Bars as inline SVG: narrow enough for a telephone, every bar with its name and its number in words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cli.audit.markup import Html, tag
from bot.cli.audit.words import visible

WIDTH, ROW, BAR, GAP = 340, 40, 14, 19
SHOWN = 20
_LETTER = 7.5

Bar = tuple[str, int, str]
"""A name, a number, and how the number is said."""


def bars(anchor: str, title: str, rows: Sequence[Bar]) -> Html | None:
    """A chart of these bars, none where there is nothing to show. The table beside it has the same numbers."""
    shown = rows[:SHOWN]
    largest = max((number for _, number, _ in shown), default=0)
    if not largest:
        return None
    said = "; ".join(f"{name}: {words}" for name, _, words in shown)
    more = f"; and {len(rows) - SHOWN} more in the table" if len(rows) > SHOWN else ""
    drawn = [_bar(place, bar, largest) for place, bar in enumerate(shown)]
    return tag(
        "svg",
        tag("title", title, id=f"{anchor}-title"),
        tag("desc", said + more, id=f"{anchor}-desc"),
        *drawn,
        role="img",
        aria_labelledby=f"{anchor}-title {anchor}-desc",
        viewBox=f"0 0 {WIDTH} {len(shown) * ROW}",
        width=WIDTH,
        height=len(shown) * ROW,
        class_="chart",
    )


def _bar(place: int, bar: Bar, largest: int) -> Html:
    name, number, words = bar
    top = place * ROW
    length = max(number * WIDTH // largest, 2) if number else 0
    return tag(
        "g",
        tag("text", _short(name, words), x=0, y=top + 13, class_="name"),
        tag("text", words, x=WIDTH, y=top + 13, class_="number"),
        tag("rect", x=0, y=top + GAP, width=WIDTH, height=BAR, class_="ground"),
        tag("rect", x=0, y=top + GAP, width=length, height=BAR, class_="bar"),
    )


def _short(name: str, words: str) -> str:
    """As much of a name as there is room for before the number."""
    shown, room = visible(name), int(WIDTH / _LETTER) - len(words) - 2
    return shown if len(shown) <= room else f"{shown[: room - 1]}…"
