"""Times as they are written down where bytes are compared: RFC 3339 in UTC, one spelling for each moment."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from core.errors import InvalidError

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", re.ASCII)


def moment_text(moment: datetime) -> str:
    """Return an aware time as it stands in signed content: `2026-01-10T14:30:00Z`, microseconds only where not zero.

    Raises InvalidError for a naive time.
    """
    if moment.tzinfo is None:
        raise InvalidError(f"the time {moment.isoformat()} has no time zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def moment_of(text: str) -> datetime:
    """Return the time that `moment_text` wrote. Raises InvalidError for any other spelling, however reasonable."""
    try:
        moment = datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
    except ValueError:
        moment = None
    if moment is None or moment_text(moment) != text:
        raise InvalidError(f"{text!r} is not a time like 2026-01-10T14:30:00Z")
    return moment
