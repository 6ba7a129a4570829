"""When somebody wants to be left in peace: quiet hours by the person's own clock, and a snooze.

Quiet hours are intervals of time, not of clock readings: each begins and ends at the moment at which the person's
clock shows it, so that a clock that is put forward or back neither loses a night nor ends one that never began.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from uuid import UUID
from zoneinfo import ZoneInfo

from core.errors import InvalidError

LONGEST_SNOOZE = timedelta(days=7)
_DAYS_AROUND = (-1, 0, 1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Every day from `start` to `end`, across midnight where `end` is the earlier one."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start == self.end:
            hint = "Try `/approvals quiet 22:00-07:00`, or `/approvals snooze 1d` for a whole day."
            raise InvalidError("Quiet hours must end at another time than they begin", field="quiet", hint=hint)

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person wants of our messages. `time_zone` is an IANA name; one that is unknown here counts as UTC."""

    person_id: UUID
    time_zone: str = "UTC"
    quiet: QuietHours | None = None
    snoozed_until: datetime | None = None


def zone(name: str) -> tzinfo:
    """The time zone of that name; UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def quiet_until(preferences: Preferences, now: datetime) -> datetime | None:
    """When the person may be disturbed again; None where that is now. In UTC, and always after `now`."""
    moment = now
    while later := _end_of_quiet(preferences, moment):
        moment = later
    return moment.astimezone(UTC) if moment > now else None


def _end_of_quiet(preferences: Preferences, moment: datetime) -> datetime | None:
    ends = [end for start, end in _nights(preferences, moment) if start <= moment < end]
    if preferences.snoozed_until is not None and moment < preferences.snoozed_until:
        ends.append(preferences.snoozed_until)
    return max(ends, default=None)


def _nights(preferences: Preferences, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The quiet intervals around a moment, in UTC."""
    hours = preferences.quiet
    if hours is None:
        return
    own = zone(preferences.time_zone)
    today = moment.astimezone(own).date()
    for days in _DAYS_AROUND:
        first = today + timedelta(days=days)
        last = first + timedelta(days=hours.end < hours.start)
        start, end = datetime.combine(first, hours.start, own), datetime.combine(last, hours.end, own)
        yield start.astimezone(UTC), end.astimezone(UTC)
