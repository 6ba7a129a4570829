"""The dates that a recurrence rule names, one year at a time (RFC 5545, section 3.3.10).

A rule of ours names a date once or not at all, so a year of it is what remains of 366 days: no rule costs more, where
counting on from the first occurrence would not come to an end for one that never comes true.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from core.domain.recurrence import Frequency, Rule

_WEEK = timedelta(days=6)
_COUNTED_YEARS = 100
"""How long a rule with a COUNT is followed: whoever counts further means something else."""


@lru_cache(maxsize=4096)
def dates_in(rule: Rule, first: date, year: int) -> tuple[date, ...]:
    """The dates of a rule in one year, of which `first` is the first occurrence."""
    if rule.count is not None:
        return tuple(each for each in _counted(rule, first) if each.year == year)
    return _all_in(rule, first, year)


@lru_cache(maxsize=512)
def _counted(rule: Rule, first: date) -> tuple[date, ...]:
    found: list[date] = []
    for year in range(first.year, first.year + _COUNTED_YEARS):
        found += _all_in(rule, first, year)
        if len(found) >= (rule.count or 0):
            break
    return tuple(found[: rule.count])


def _all_in(rule: Rule, first: date, year: int) -> tuple[date, ...]:
    if year < first.year:
        return ()
    complete = with_implied(rule, first)
    chosen = _matching(complete, first, year)
    if rule.by_position:
        chosen = _at_positions(complete, chosen)
    return tuple(day for day in chosen if day.year == year and day >= first)


def with_implied(rule: Rule, first: date) -> Rule:
    """The rule with what it leaves to its first occurrence to say."""
    by_month, by_month_day, by_day = rule.by_month, rule.by_month_day, rule.by_day
    named = any((by_month_day, rule.by_year_day, rule.by_week_no, by_day))
    if (rule.frequency is Frequency.WEEKLY and not by_day) or (rule.by_week_no and not by_day):
        by_day = ((0, first.weekday()),)
    elif not named and rule.frequency in {Frequency.MONTHLY, Frequency.YEARLY}:
        by_month_day = (first.day,)
        if rule.frequency is Frequency.YEARLY:
            by_month = by_month or (first.month,)
    return Rule(
        rule.frequency,
        rule.interval,
        by_month=by_month,
        by_month_day=by_month_day,
        by_year_day=rule.by_year_day,
        by_week_no=rule.by_week_no,
        by_day=by_day,
        by_position=rule.by_position,
        week_start=rule.week_start,
    )


def _matching(rule: Rule, first: date, year: int) -> list[date]:
    """The days of the year that fit; with the days around it that share a week with them."""
    start, end = date(year, 1, 1) - _WEEK, date(year, 12, 31) + _WEEK
    days = (start + timedelta(days=number) for number in range((end - start).days + 1))
    return [day for day in days if _in_period(rule, first, day) and _fits(rule, day)]


def _in_period(rule: Rule, first: date, day: date) -> bool:
    """Whether the day lies in one of the periods that INTERVAL leaves."""
    match rule.frequency:
        case Frequency.DAILY:
            passed = (day - first).days
        case Frequency.WEEKLY:
            passed = (_week_of(rule, day) - _week_of(rule, first)).days // 7
        case Frequency.MONTHLY:
            passed = (day.year - first.year) * 12 + day.month - first.month
        case Frequency.YEARLY:
            passed = day.year - first.year
    return passed % rule.interval == 0


def _fits(rule: Rule, day: date) -> bool:
    in_month = calendar.monthrange(day.year, day.month)[1]
    in_year = 366 if calendar.isleap(day.year) else 365
    of_year = day.timetuple().tm_yday
    return (
        (not rule.by_month or day.month in rule.by_month)
        and (not rule.by_month_day or bool({day.day, day.day - in_month - 1} & {*rule.by_month_day}))
        and (not rule.by_year_day or bool({of_year, of_year - in_year - 1} & {*rule.by_year_day}))
        and (not rule.by_week_no or bool({*_week_numbers(rule, day)} & {*rule.by_week_no}))
        and (not rule.by_day or _is_named_weekday(rule, day, in_month, (of_year, in_year)))
    )


def _is_named_weekday(rule: Rule, day: date, in_month: int, of_year: tuple[int, int]) -> bool:
    """Whether BYDAY names the day: by its weekday, or as the n-th such weekday of its month or year."""
    within_month = rule.frequency is Frequency.MONTHLY or bool(rule.by_month)
    number, total = (day.day, in_month) if within_month else of_year
    places = {0, (number - 1) // 7 + 1, -((total - number) // 7 + 1)}
    return any(weekday == day.weekday() and ordinal in places for ordinal, weekday in rule.by_day)


def _week_of(rule: Rule, day: date) -> date:
    """The first day of the day's week."""
    return day - timedelta(days=(day.weekday() - rule.week_start) % 7)


def _week_numbers(rule: Rule, day: date) -> Iterator[int]:
    """The number of the day's week from the start and from the end of its year; week 1 has the 4th of January."""
    middle = _week_of(rule, day) + timedelta(days=3)
    number = (middle.timetuple().tm_yday - 1) // 7 + 1
    last = _week_of(rule, date(middle.year, 12, 28)) + timedelta(days=3)
    yield number
    yield number - ((last.timetuple().tm_yday - 1) // 7 + 1) - 1


def _at_positions(rule: Rule, days: list[date]) -> list[date]:
    """What BYSETPOS leaves of each period."""
    periods: defaultdict[object, list[date]] = defaultdict(list)
    for day in days:
        periods[_period(rule, day)].append(day)
    chosen = (
        (members, position - 1 if position > 0 else position)
        for members in periods.values()
        for position in rule.by_position
    )
    return sorted({members[place] for members, place in chosen if -len(members) <= place < len(members)})


def _period(rule: Rule, day: date) -> object:
    match rule.frequency:
        case Frequency.DAILY:
            return day
        case Frequency.WEEKLY:
            return _week_of(rule, day)
        case Frequency.MONTHLY:
            return day.year, day.month
        case Frequency.YEARLY:
            return day.year
