"""Spans of time as people type them."""

from __future__ import annotations

import re
from datetime import timedelta

import typer

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_LONGEST = timedelta(days=36_500)


def duration(text: str) -> timedelta:
    """Read `30m`, `12h`, `90d` or `4w`. Raises typer.BadParameter."""
    match = re.fullmatch(r"([0-9]{1,6})([mhdw])", text.strip())
    if match is None:
        raise typer.BadParameter(f"{text!r} is not a span of time such as 12h, 90d or 4w")
    span = int(match[1]) * _UNITS[match[2]]
    if not timedelta(0) < span <= _LONGEST:
        raise typer.BadParameter(f"{text!r} is not between a minute and a hundred years")
    return span
