"""What a calendar file (iCalendar, RFC 5545) says, as events: bounded, and refused where it cannot be trusted.

An event that cannot be understood makes the whole file invalid: left out, it would open what it should keep closed.
What is over for good, cancelled, or lasts no time is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from core.calendars.dates import dates_in
from core.calendars.occurrences import ahead
from core.domain.calendar import MAX_EVENTS, CalendarEvent
from core.domain.environment import FreezeWindow
from core.domain.recurrence import Recurrence, with_exceptions, zone_of
from core.domain.text import NAME_MAX
from core.errors import InvalidError

MAX_BYTES = 1024 * 1024
_LONGEST = timedelta(days=366)
_YEARS_TO_SEARCH = 9
_FIELD = "content"
_NOBODY = UUID(int=0)
_HINT = "Export the calendar again as .ics (iCalendar, RFC 5545)."


def read_events(content: str | bytes, now: datetime, time_zone: str = "") -> tuple[CalendarEvent, ...]:
    """The events of an .ics file that are not over, by start.

    `time_zone` is for times that name none, such as whole days; empty for the file's own (X-WR-TIMEZONE) or UTC.
    Raises InvalidError that names the event and what is wrong with it.
    """
    raw = content.encode() if isinstance(content, str) else content
    if len(raw) > MAX_BYTES:
        raise InvalidError(f"The calendar is larger than {MAX_BYTES} bytes", field=_FIELD)
    parsed = _parsed(raw)
    if time_zone:
        zone_of(time_zone)
    zone = time_zone or str(parsed.get("X-WR-TIMEZONE") or "UTC")
    zone_of(zone, _FIELD)
    parts = [_Part(number, each, zone) for number, each in enumerate(parsed.walk("VEVENT"), start=1)]
    events = sorted(_events(parts, now), key=lambda event: (event.starts_at, event.uid))
    if len(events) > MAX_EVENTS:
        raise InvalidError(f"The calendar has {len(events)} events ahead; at most {MAX_EVENTS} are taken", field=_FIELD)
    return tuple(events)


def _parsed(raw: bytes) -> Any:
    from icalendar import Calendar as IcalCalendar  # takes megabytes, and is for whoever has calendars

    try:
        parsed = IcalCalendar.from_ical(raw.decode("utf-8-sig"))
    except (ValueError, IndexError, KeyError, RecursionError) as error:
        message = "This is no calendar file, or one that was cut off"
        raise InvalidError(message, field=_FIELD, hint=_HINT) from error
    if getattr(parsed, "name", "") != "VCALENDAR":
        raise InvalidError("This is no calendar file: it does not begin with VCALENDAR", field=_FIELD, hint=_HINT)
    return parsed


@dataclass(frozen=True, slots=True)
class _Part:
    """One VEVENT with its place in the file."""

    number: int
    event: Any
    zone: str

    @property
    def uid(self) -> str:
        return str(self.event.get("UID") or f"event-{self.number}")[:255]

    @property
    def name(self) -> str:
        shown = "".join(character for character in str(self.event.get("SUMMARY") or "") if character.isprintable())
        return " ".join(shown.split())[:NAME_MAX] or "Calendar event"

    @property
    def is_cancelled(self) -> bool:
        return str(self.event.get("STATUS") or "").upper() == "CANCELLED"

    def values(self, name: str) -> list[Any]:
        """All values of a property; lists in one line are taken apart."""
        found = self.event.get(name)
        each = found if isinstance(found, list) else [] if found is None else [found]
        return [value for one in each for value in (one.dts if hasattr(one, "dts") else [one])]

    def moment(self, name: str) -> datetime | None:
        """A time with its zone; midnight for a date."""
        values = self.values(name)
        return self.placed(values[0]) if values else None

    def placed(self, value: Any) -> datetime:
        """A value as a time with its zone."""
        if isinstance(value.dt, tuple):
            return self.with_zone(value.dt[0], value)
        return self.with_zone(value.dt, value)

    def with_zone(self, at: date, value: Any) -> datetime:
        if not isinstance(at, datetime):
            return datetime.combine(at, time(0), zone_of(self.zone, _FIELD))
        if at.tzinfo is not None:
            return at
        named = value.params.get("TZID") if hasattr(value, "params") else None
        if named:
            raise self.wrong(f"has an unknown time zone {str(named)[:60]!r}")
        return at.replace(tzinfo=zone_of(self.zone, _FIELD))

    def is_whole_day(self, name: str) -> bool:
        return not isinstance(self.values(name)[0].dt, datetime)

    def wrong(self, problem: str) -> InvalidError:
        message = f"Event {self.number} ({self.name}) {problem}"
        return InvalidError(message, field=_FIELD, hint=_HINT, event=self.number)


def _events(parts: list[_Part], now: datetime) -> Iterator[CalendarEvent]:
    """The events of all parts. One that stands for a changed occurrence of another takes that one's place."""
    moved: defaultdict[str, set[date]] = defaultdict(set)
    for part in parts:
        if original := _checked(part, lambda part: part.moment("RECURRENCE-ID")):
            moved[part.uid].add(original.date())
    for part in parts:
        if not part.is_cancelled:
            yield from _checked(part, lambda part: _of_part(part, moved[part.uid], now))


def _checked(part: _Part, read: Any) -> Any:
    """What `read` makes of a part; whatever the library finds broken in it becomes a refusal that names it."""
    try:
        return read(part)
    except InvalidError as error:
        raise error if "event" in error.params else part.wrong(f"cannot be taken: {error.message}") from error
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise part.wrong("is malformed") from error


def _of_part(part: _Part, moved: set[date], now: datetime) -> list[CalendarEvent]:
    start = part.moment("DTSTART")
    if start is None:
        raise part.wrong("does not say when it starts (DTSTART)")
    end = _end(part, start)
    if end == start:
        return []
    if end < start or end - start > _LONGEST:
        raise part.wrong(f"must end after it starts, and within {_LONGEST.days} days")
    rules = part.values("RRULE")
    if len(rules) > 1 or part.values("EXRULE"):
        raise part.wrong("has more than one recurrence rule")
    original = part.moment("RECURRENCE-ID")
    if original and "RANGE" in part.event["RECURRENCE-ID"].params:
        raise part.wrong("changes all later occurrences of another event, which is not read")
    uid = f"{part.uid}#{original.date()}" if original else part.uid
    event = CalendarEvent(uid, part.name, start.astimezone(UTC), end.astimezone(UTC))
    found = [*_once_more(part, event)]
    found += _recurring(part, event, start, moved) if rules else [event]
    return [each for each in found if not _is_over(each, now)]


def _is_over(event: CalendarEvent, now: datetime) -> bool:
    window = FreezeWindow(_NOBODY, event.name, (_NOBODY,), event.starts_at, event.ends_at, recurrence=event.recurrence)
    return next(ahead(window, now), None) is None


def _end(part: _Part, start: datetime) -> datetime:
    """DTEND, or DURATION; else a whole day lasts until the next, and a time no time at all."""
    if end := part.moment("DTEND"):
        return end
    lengths = part.values("DURATION")
    if lengths:
        length: timedelta = lengths[0].dt
        days = timedelta(days=length.days)  # days go by the clock, hours by time (RFC 5545, section 3.3.6)
        return ((start + days).astimezone(UTC) + (length - days)).astimezone(start.tzinfo)
    return start + timedelta(days=1) if part.is_whole_day("DTSTART") else start


def _once_more(part: _Part, event: CalendarEvent) -> Iterator[CalendarEvent]:
    """The further dates that RDATE names, each as an event of its own."""
    for number, value in enumerate(part.values("RDATE"), start=1):
        at = part.placed(value).astimezone(UTC)
        yield replace(event, uid=f"{event.uid}+{number}", starts_at=at, ends_at=at + (event.ends_at - event.starts_at))


def _recurring(part: _Part, event: CalendarEvent, start: datetime, moved: set[date]) -> list[CalendarEvent]:
    zone_name = _zone_name(part, start)
    zone = zone_of(zone_name, _FIELD)
    rule = part.values("RRULE")[0].to_ical().decode()
    left_out = {part.placed(value).astimezone(zone).date() for value in part.values("EXDATE")} | moved
    recurrence = with_exceptions(Recurrence(rule, zone_name), tuple(left_out))
    first = start.astimezone(zone).date()
    years = range(first.year, first.year + _YEARS_TO_SEARCH)
    named = next((day for year in years for day in dates_in(recurrence.parts, first, year)), None)
    if named == first:
        return [replace(event, recurrence=recurrence)]
    # The first date counts even where the rule does not name it (RFC 5545, section 3.8.5.3).
    once = [] if first in left_out else [event]
    if named is None:
        return once
    later = [(at.astimezone(zone) + (named - first)).astimezone(UTC) for at in (event.starts_at, event.ends_at)]
    return [*once, replace(event, uid=f"{event.uid}*", starts_at=later[0], ends_at=later[1], recurrence=recurrence)]


def _zone_name(part: _Part, start: datetime) -> str:
    """The IANA name of the zone by whose clock the event comes back."""
    if start.tzinfo is UTC or (start.utcoffset() == timedelta(0) and start.tzname() == "UTC"):
        return "UTC"
    name = getattr(start.tzinfo, "key", None)
    if not isinstance(name, str):
        raise part.wrong("comes back by a time zone that has no IANA name")
    return name
