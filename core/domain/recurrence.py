"""How a freeze comes back: a recurrence rule of RFC 5545 (section 3.3.10), read by the clock of one time zone.

A rule says on which dates; the time of day is that of the first occurrence. So rules that repeat within a day
(SECONDLY, MINUTELY, HOURLY, BYHOUR ...) are refused: they would cost much and mean nothing for a freeze. Whatever is
refused is refused when it is saved, with the position in the rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import InvalidError

FIELD = "recurrence.rule"
RULE_MAX = 500
MAX_COUNT = 10_000
MAX_INTERVAL = 1000
MAX_EXCEPTIONS = 1000
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")
_WITHIN_A_DAY = {"SECONDLY", "MINUTELY", "HOURLY", "BYSECOND", "BYMINUTE", "BYHOUR"}


class Frequency(StrEnum):
    """The period that a rule repeats by."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in parts, named as in RFC 5545. `by_day` pairs an ordinal (0: every) with a weekday (0: Monday).

    `until` is a date (that whole day still counts), a time in UTC, or a naive time by the clock of the zone.
    """

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: date | None = None
    by_month: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_week_no: tuple[int, ...] = ()
    by_day: tuple[tuple[int, int], ...] = ()
    by_position: tuple[int, ...] = ()
    week_start: int = 0


@dataclass(frozen=True, slots=True)
class Recurrence:
    """`rule` by the clock of `time_zone` (an IANA name), but not for occurrences that start on `except_dates`.

    Raises InvalidError that names the field, and for the rule the position (`position`, counted from 1).
    """

    rule: str
    time_zone: str = "UTC"
    except_dates: tuple[date, ...] = ()
    parts: Rule = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rule", self.rule.strip().upper().removeprefix("RRULE:"))
        object.__setattr__(self, "parts", parsed(self.rule))
        zone_of(self.time_zone, "recurrence.timeZone")
        if len(self.except_dates) > MAX_EXCEPTIONS:
            raise InvalidError(f"At most {MAX_EXCEPTIONS} dates can be left out", field="recurrence.exceptDates")
        object.__setattr__(self, "except_dates", tuple(sorted(set(self.except_dates))))

    @property
    def zone(self) -> tzinfo:
        """The zone whose clock counts."""
        return zone_of(self.time_zone, "recurrence.timeZone")


def zone_of(name: str, field: str = "timeZone") -> tzinfo:
    """The time zone with that IANA name. Raises InvalidError for one that nobody knows."""
    if name == "UTC":
        return UTC
    try:
        if not _ZONE.fullmatch(name):
            raise ValueError
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        hint = "Write it like Europe/Berlin or America/New_York, as the IANA time zone database has it."
        raise InvalidError(f"There is no time zone {name[:60]!r}", field=field, hint=hint) from None


@lru_cache(maxsize=1024)
def parsed(rule: str) -> Rule:
    """Read a rule. Raises InvalidError with the position of what is wrong."""
    if len(rule) > RULE_MAX:
        raise _wrong(f"is {len(rule)} characters long; at most {RULE_MAX} are allowed", RULE_MAX)
    values: dict[str, Any] = {}
    places: dict[str, int] = {}
    place = 1
    for part in rule.split(";"):
        name, equals, value = part.partition("=")
        if not equals:
            raise _wrong(f"needs NAME=VALUE, not {part[:40]!r}", place)
        if name in places:
            raise _wrong(f"has {name[:20]} twice", place)
        places[name] = place
        attribute, read = _reader(name, place)
        values[attribute] = read(value, place + len(name) + 1)
        place += len(part) + 1
    if "frequency" not in values:
        raise _wrong("says no FREQ", 1)
    return _consistent(Rule(**values), places)


def _wrong(problem: str, place: int) -> InvalidError:
    hint = "A rule looks like FREQ=WEEKLY;BYDAY=FR or FREQ=MONTHLY;BYDAY=-1FR (RFC 5545)."
    return InvalidError(f"The recurrence rule {problem} (at position {place})", field=FIELD, hint=hint, position=place)


def _reader(name: str, place: int) -> tuple[str, Any]:
    if name in _WITHIN_A_DAY:
        raise _wrong(f"repeats within a day ({name}); the times of day are those of startsAt and endsAt", place)
    if name not in _READERS:
        raise _wrong(f"has an unknown part {name[:20]!r}", place)
    return _READERS[name]


def _frequency(value: str, place: int) -> Frequency:
    if value in _WITHIN_A_DAY:
        raise _wrong(f"repeats within a day ({value}); DAILY, WEEKLY, MONTHLY and YEARLY are possible", place)
    if value not in set(Frequency):
        raise _wrong(f"knows no frequency {value[:20]!r}; it can be DAILY, WEEKLY, MONTHLY or YEARLY", place)
    return Frequency(value)


def _number(value: str, place: int, low: int, high: int) -> int:
    if not re.fullmatch(r"[+-]?\d{1,9}", value, re.ASCII) or not low <= int(value) <= high or int(value) == 0:
        raise _wrong(f"has {value[:20]!r} where a number from {low} to {high} (not 0) must stand", place)
    return int(value)


def _one(low: int, high: int) -> Any:
    return lambda value, place: _number(value, place, low, high)


def _several(low: int, high: int) -> Any:
    return lambda value, place: tuple(_number(each, at, low, high) for each, at in _listed(value, place))


def _listed(value: str, place: int) -> list[tuple[str, int]]:
    found = []
    for each in value.split(","):
        found.append((each, place))
        place += len(each) + 1
    return found


def _days(value: str, place: int) -> tuple[tuple[int, int], ...]:
    days = []
    for each, at in _listed(value, place):
        day = _DAY.fullmatch(each)
        if day is None or (day[1] and not 1 <= abs(int(day[1])) <= 53):
            raise _wrong(f"has no weekday {each[:20]!r}; they are {', '.join(DAYS)}, also 1MO or -1FR", at)
        days.append((int(day[1] or 0), DAYS.index(day[2])))
    return tuple(days)


def _week_start(value: str, place: int) -> int:
    if value not in DAYS:
        raise _wrong(f"has no weekday {value[:20]!r}", place)
    return DAYS.index(value)


def _until(value: str, place: int) -> date:
    found = _UNTIL.fullmatch(value)
    try:
        if found is None:
            raise ValueError
        if found[2] is None:
            return datetime.strptime(found[1], "%Y%m%d").replace(tzinfo=UTC).date()
        at = datetime.strptime(found[1] + found[2], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise _wrong(f"has no date {value[:20]!r}; write it like 20261231 or 20261231T235959Z", place) from None
    return at if found[3] else at.replace(tzinfo=None)


_READERS: dict[str, tuple[str, Any]] = {
    "FREQ": ("frequency", _frequency),
    "INTERVAL": ("interval", _one(1, MAX_INTERVAL)),
    "COUNT": ("count", _one(1, MAX_COUNT)),
    "UNTIL": ("until", _until),
    "BYMONTH": ("by_month", _several(1, 12)),
    "BYMONTHDAY": ("by_month_day", _several(-31, 31)),
    "BYYEARDAY": ("by_year_day", _several(-366, 366)),
    "BYWEEKNO": ("by_week_no", _several(-53, 53)),
    "BYDAY": ("by_day", _days),
    "BYSETPOS": ("by_position", _several(-366, 366)),
    "WKST": ("week_start", _week_start),
}


def _consistent(rule: Rule, places: dict[str, int]) -> Rule:
    """The rule, where its parts may stand together (RFC 5545, table in section 3.3.10)."""
    yearly, monthly = rule.frequency is Frequency.YEARLY, rule.frequency is Frequency.MONTHLY
    ordinals = any(ordinal for ordinal, _ in rule.by_day)
    limits = (rule.by_month, rule.by_month_day, rule.by_year_day, rule.by_week_no, rule.by_day)
    for is_wrong, name, problem in (
        (rule.count is not None and rule.until is not None, "COUNT", "says both COUNT and UNTIL"),
        (bool(rule.by_week_no) and not yearly, "BYWEEKNO", "can have BYWEEKNO with FREQ=YEARLY only"),
        (bool(rule.by_year_day) and not yearly, "BYYEARDAY", "can have BYYEARDAY with FREQ=YEARLY only"),
        (
            bool(rule.by_month_day) and rule.frequency is Frequency.WEEKLY,
            "BYMONTHDAY",
            "cannot have BYMONTHDAY with FREQ=WEEKLY",
        ),
        (ordinals and not (yearly or monthly), "BYDAY", "counts weekdays, which needs FREQ=MONTHLY or YEARLY"),
        (ordinals and bool(rule.by_week_no), "BYDAY", "cannot count weekdays beside BYWEEKNO"),
        (bool(rule.by_position) and not any(limits), "BYSETPOS", "has BYSETPOS and nothing that it chooses from"),
    ):
        if is_wrong:
            raise _wrong(problem, places[name])
    return rule


def with_exceptions(recurrence: Recurrence, dates: tuple[date, ...]) -> Recurrence:
    """The same, with more dates left out."""
    return replace(recurrence, except_dates=(*recurrence.except_dates, *dates))
