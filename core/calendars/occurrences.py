"""When a freeze holds: the occurrences of a window, by the clock of its zone.

Each occurrence starts and ends when that clock shows the times of the first one: a freeze from Friday 16:00 to Monday
08:00 does so in the weeks in which the clock is put forward or back too. A time that a clock skips is read with the
offset from before, as RFC 5545 (section 3.3.5) has it, so the freeze still holds; one that it shows twice is the first.

Occurrences are worked out a year at a time and kept, so that the cost of a rule does not grow with its age.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain, takewhile

from core.calendars.dates import dates_in
from core.domain.environment import FreezeWindow
from core.domain.recurrence import Recurrence
from core.errors import InvalidError

LOOK_AHEAD_YEARS = 9
"""The 29th of February is at most eight years away."""
_LONGEST = timedelta(days=370)
_CLOCK_CHANGES = timedelta(days=1)
"""By how much an occurrence may last longer than the first one, because clocks are changed meanwhile."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time for which a window holds: from `starts_at` (included) to `ends_at` (not), in UTC."""

    starts_at: datetime
    ends_at: datetime


def active_until(window: FreezeWindow, at: datetime) -> Occurrence | None:
    """The occurrence that holds at a moment; of several the one that ends last. None where none does."""
    near = _near(window, _year(window, at))
    earliest = at - (window.ends_at - window.starts_at) - _CLOCK_CHANGES
    found: Occurrence | None = None
    for each in reversed(near.occurrences[: bisect_right(near.starts, at)]):
        if each.starts_at < earliest:
            break
        if each.ends_at > at and (found is None or each.ends_at > found.ends_at):
            found = each
    return found


def next_start(window: FreezeWindow, at: datetime) -> Occurrence | None:
    """The first occurrence that starts after a moment."""
    near = _near(window, _year(window, at))
    place = bisect_right(near.starts, at)
    if place < len(near.starts):
        return near.occurrences[place]
    return next((each for each in ahead(window, at) if each.starts_at > at), None)


def ahead(window: FreezeWindow, at: datetime) -> Iterator[Occurrence]:
    """The occurrences that have not ended at a moment, by start, until LOOK_AHEAD_YEARS after it and the first one."""
    if window.recurrence is None:
        if window.ends_at > at:
            yield Occurrence(window.starts_at.astimezone(UTC), window.ends_at.astimezone(UTC))
        return
    zone, began = window.recurrence.zone, window.starts_at
    first = max(at - _LONGEST, began).astimezone(zone).year
    last = max(at, began).astimezone(zone).year + LOOK_AHEAD_YEARS
    for year in range(first, min(last, date.max.year - 1) + 1):
        yield from (each for each in _of_year(window, year) if each.ends_at > at)


def together(windows: Iterable[FreezeWindow], since: datetime, until: datetime) -> list[Occurrence]:
    """When any of the windows holds between two moments: one span for what overlaps or touches, in order."""
    found = (takewhile(lambda each: each.starts_at < until, ahead(window, since)) for window in windows)
    spans: list[Occurrence] = []
    for each in sorted(chain.from_iterable(found), key=lambda each: each.starts_at):
        if spans and each.starts_at <= spans[-1].ends_at:
            spans[-1] = Occurrence(spans[-1].starts_at, max(spans[-1].ends_at, each.ends_at))
        else:
            spans.append(each)
    return spans


def require_first_occurrence(window: FreezeWindow) -> None:
    """Raise InvalidError where a recurring window's own start is not the first date that its rule names."""
    recurrence = window.recurrence
    if recurrence is None:
        return
    first = window.starts_at.astimezone(recurrence.zone).date()
    last = _last_start(recurrence)
    if first in dates_in(recurrence.parts, first, first.year) and (last is None or first <= last.date()):
        return
    hint = f"The rule names other dates than {first}, or none at all; start with the first date that it names."
    message = "A recurring freeze window must start on a date that its rule names"
    raise InvalidError(message, field="startsAt", hint=hint)


def _year(window: FreezeWindow, at: datetime) -> int:
    return at.astimezone(window.recurrence.zone).year if window.recurrence else 0


@dataclass(frozen=True, slots=True)
class _Near:
    """The occurrences around a year, with their starts to search in."""

    occurrences: tuple[Occurrence, ...]
    starts: tuple[datetime, ...]


@lru_cache(maxsize=4096)
def _near(window: FreezeWindow, year: int) -> _Near:
    """The occurrences that may hold at some moment of a year, and those that start in it or in the next."""
    if window.recurrence is None:
        found: tuple[Occurrence, ...] = (Occurrence(window.starts_at.astimezone(UTC), window.ends_at.astimezone(UTC)),)
    else:
        found = tuple(each for near in (year - 2, year - 1, year, year + 1) for each in _of_year(window, near))
    return _Near(found, tuple(each.starts_at for each in found))


@lru_cache(maxsize=4096)
def _of_year(window: FreezeWindow, year: int) -> tuple[Occurrence, ...]:
    recurrence = window.recurrence
    if recurrence is None:
        return ()
    zone = recurrence.zone
    start, end = (at.astimezone(zone).replace(tzinfo=None) for at in (window.starts_at, window.ends_at))
    length = end - start
    left_out, last = set(recurrence.except_dates), _last_start(recurrence)
    dates = (day for day in dates_in(recurrence.parts, start.date(), year) if day not in left_out)
    starts = (datetime.combine(day, start.time()) for day in dates)
    return tuple(_occurrence(each.replace(tzinfo=zone), length) for each in starts if not last or each <= last)


def _occurrence(start: datetime, length: timedelta) -> Occurrence:
    """The clock's `length` later; where a skipped hour would leave nothing of it, that much time."""
    starts_at = start.astimezone(UTC)
    ends_at = (start.replace(tzinfo=None) + length).replace(tzinfo=start.tzinfo).astimezone(UTC)
    return Occurrence(starts_at, ends_at if ends_at > starts_at else starts_at + max(length, timedelta(minutes=1)))


def _last_start(recurrence: Recurrence) -> datetime | None:
    """The last start that UNTIL allows, by the clock."""
    until = recurrence.parts.until
    if until is None:
        return None
    if not isinstance(until, datetime):
        return datetime.combine(until, time.max)
    return until.astimezone(recurrence.zone).replace(tzinfo=None) if until.tzinfo else until
