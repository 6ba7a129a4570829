"""What a clock shows, and when: times of day in a zone as moments, also on days on which it is put forward or back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_AT_A_TIME = 14
_PRECISION = timedelta(seconds=1)


def readings(zone: tzinfo, since: datetime, days: int, times: Iterable[time]) -> Iterator[datetime]:
    """The moments after `since`, in order and in UTC, at which the zone's clock shows one of `times` or is changed.

    A time that the clock shows twice counts twice; one that it skips is passed at the moment of the change.
    """
    shown, last = tuple(times), since
    today = since.astimezone(zone).date()
    for first in range(-1, days, _AT_A_TIME):
        few = (today + timedelta(days=first + number) for number in range(_AT_A_TIME))
        for moment in sorted({at for day in few for at in _of_day(zone, day, shown)}):
            if moment > last:
                yield moment
                last = moment


def _of_day(zone: tzinfo, day: date, times: tuple[time, ...]) -> Iterator[datetime]:
    for at in times:
        for fold in (0, 1):
            yield datetime.combine(day, at.replace(fold=fold), zone).astimezone(UTC)
    start, end = (datetime.combine(each, time(0), zone).astimezone(UTC) for each in (day, day + timedelta(days=1)))
    if start.astimezone(zone).utcoffset() != end.astimezone(zone).utcoffset():
        yield _changed(zone, start, end)


def _changed(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """The moment between these two at which the zone's offset changes."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > _PRECISION:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
