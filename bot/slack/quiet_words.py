"""What can be typed behind `/approvals`.

/approvals                          what waits for me
/approvals snooze 2h | 30m | 1d | off
/approvals quiet 22:00-07:00 | off
/approvals quiet                    what is set
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time, timedelta

from bot.slack.grammar import Help, UsageError
from core.domain.quiet import QuietHours
from core.errors import InvalidError

_SPAN = re.compile(r"(\d{1,3})\s*(m|min|minutes?|h|hours?|d|days?)")
_HOURS = re.compile(r"(\d{1,2})(?::(\d\d))?\s*(?:-|\u2013|\u2014|to|until)\s*(\d{1,2})(?::(\d\d))?")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_EXAMPLES = ("/approvals", "/approvals snooze 2h", "/approvals quiet 22:00-07:00", "/approvals quiet off")


@dataclass(frozen=True, slots=True)
class Snooze:
    """Hold messages back for that time; None ends it."""

    time: timedelta | None


@dataclass(frozen=True, slots=True)
class Quiet:
    """Set the quiet hours; None ends them."""

    hours: QuietHours | None


@dataclass(frozen=True, slots=True)
class ShowQuiet:
    """Say what is set."""


Wish = Snooze | Quiet | ShowQuiet


def read_approvals(text: str) -> Wish | Help | None:
    """Read `/approvals`; None asks for the list. Raises UsageError."""
    first, _, rest = text.strip().lower().partition(" ")
    rest = rest.strip()
    if not first:
        return None
    if first == "help":
        return Help()
    if first == "snooze":
        return Snooze(_span(rest))
    if first == "quiet":
        return _quiet(rest)
    raise UsageError("That is not something I know behind /approvals.", *_EXAMPLES)


def _span(rest: str) -> timedelta | None:
    if rest in {"off", "end", "stop"}:
        return None
    found = _SPAN.fullmatch(rest)
    if found is None:
        raise UsageError("Please say for how long.", "/approvals snooze 2h", "/approvals snooze off")
    return int(found[1]) * _UNITS[found[2][0]]


def _quiet(rest: str) -> Quiet | ShowQuiet:
    if not rest:
        return ShowQuiet()
    if rest in {"off", "none"}:
        return Quiet(None)
    found = _HOURS.fullmatch(rest)
    try:
        if found is None:
            raise ValueError(rest)
        start, end = time(int(found[1]), int(found[2] or 0)), time(int(found[3]), int(found[4] or 0))
        return Quiet(QuietHours(start, end))
    except (ValueError, InvalidError):
        raise UsageError("Please say from when until when.", "/approvals quiet 22:00-07:00") from None
