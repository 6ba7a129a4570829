"""`schedule-gate`: promotions happen on certain days, between certain hours, and not on holidays.

All of it by the clock of one zone: open means that the clock shows an allowed day and a time in between. Where the
hours go past midnight, what is after it belongs to the day on which they began.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from heapq import merge
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from core.calendars.clock import readings
from core.calendars.occurrences import Occurrence, active_until, together
from core.domain.calendar import Calendar, WhenStale, events_of
from core.domain.moment import moment_text
from core.domain.recurrence import zone_of
from core.errors import InvalidError
from core.gates.gate import GateContext, GateSettings, Verdict

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_HOLIDAYS = 1000
HORIZON_DAYS = 400
_MIDNIGHT = "24:00"


def _zone(name: str) -> str:
    try:
        zone_of(name)
    except InvalidError as error:
        raise ValueError(f"{error.message}. {error.hint}") from None
    return name


def _date(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError(f"{text[:40]!r} is not a date like 2026-12-25")
    return date.fromisoformat(text).isoformat()


ZoneName = Annotated[str, AfterValidator(_zone)]
DateText = Annotated[str, AfterValidator(_date)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
End = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]


class ScheduleSettings(GateSettings):
    """When promotions may happen. `holidays` are dates, `holidayCalendar` names a calendar whose events close."""

    time_zone: ZoneName = "UTC"
    days: Annotated[list[Day], Field(min_length=1, max_length=7)] = Field(default_factory=lambda: [*DAYS[:5]])
    opens_at: Clock = "08:00"
    closes_at: End = "18:00"
    holidays: Annotated[list[DateText], Field(max_length=MAX_HOLIDAYS)] = Field(default_factory=list)
    holiday_calendar: Annotated[str, Field(max_length=100)] | None = None

    @model_validator(mode="after")
    def _some_time(self) -> ScheduleSettings:
        if self.opens_at == self.closes_at:
            raise ValueError("closesAt must be another time than opensAt; all day is 00:00 to 24:00")
        return self


class ScheduleGate:
    """Passes at the times that are set, by the clock of the zone."""

    name: ClassVar[str] = "schedule-gate"
    summary: ClassVar[str] = "It is one of the days and hours for promotions, and no holiday"
    settings_model = ScheduleSettings

    def inputs(self, context: GateContext, settings: ScheduleSettings) -> Mapping[str, Any]:
        """What the clock of the zone shows, and what the holiday calendar says of that moment."""
        local = context.at.astimezone(zone_of(settings.time_zone))
        return {
            "at": moment_text(context.at),
            "localDate": local.date().isoformat(),
            "localTime": local.strftime("%H:%M"),
            "calendar": _calendar(context, settings),
        }

    def judge(self, inputs: Mapping[str, Any], settings: ScheduleSettings) -> Verdict:
        """Pass on an allowed day, between the hours, unless it is a holiday."""
        details: dict[str, Any] = {
            "timeZone": settings.time_zone,
            "days": list(settings.days),
            "opensAt": settings.opens_at,
            "closesAt": settings.closes_at,
        }
        today, calendar = inputs["localDate"], inputs["calendar"]
        if problem := (calendar or {}).get("problem"):
            return Verdict(False, problem, details)
        holiday = "a holiday" if today in settings.holidays else (calendar or {}).get("event")
        if holiday:
            return Verdict(
                False, f"Closed: {today} in {settings.time_zone} is {holiday}", {**details, "holiday": today}
            )
        if _shows_open(date.fromisoformat(today), inputs["localTime"], settings):
            return Verdict(True, f"Open: {hours_words(settings)}", details)
        return Verdict(False, f"Closed now; open {hours_words(settings)}", details)

    def changes_after(self, context: GateContext, settings: ScheduleSettings) -> datetime | None:
        """The next moment at which it opens or closes."""
        calendar, problem = _usable_calendar(context, settings)
        if problem:
            return None
        last = context.at + timedelta(days=HORIZON_DAYS)
        spans = together(events_of(calendar), context.at, last) if calendar else []
        is_open = _opener(settings, spans)
        closes = time(0) if settings.closes_at == _MIDNIGHT else time.fromisoformat(settings.closes_at)
        times = {time(0), time.fromisoformat(settings.opens_at), closes}
        clock = readings(zone_of(settings.time_zone), context.at, HORIZON_DAYS, times)
        edges = sorted({edge for span in spans for edge in (span.starts_at, span.ends_at) if edge > context.at})
        now = is_open(context.at)
        changed = next((at for at in merge(clock, edges) if is_open(at) != now), None)
        stale = calendar.stale_from if calendar else None
        return min(filter(None, (changed, stale if stale and stale > context.at else None)), default=None)


def hours_words(settings: ScheduleSettings) -> str:
    """`mon to fri 08:00-18:00 Europe/Berlin`."""
    places = sorted(DAYS.index(day) for day in settings.days)
    in_a_row = len(places) > 2 and places[-1] - places[0] == len(places) - 1
    days = f"{DAYS[places[0]]} to {DAYS[places[-1]]}" if in_a_row else ", ".join(DAYS[place] for place in places)
    return f"{days} {settings.opens_at}-{settings.closes_at} {settings.time_zone}"


def _shows_open(today: date, clock: str, settings: ScheduleSettings) -> bool:
    opens, closes = settings.opens_at, settings.closes_at
    if opens < closes:
        return _is_day(today, settings) and opens <= clock < closes
    yesterday = today - timedelta(days=1)
    return (_is_day(today, settings) and clock >= opens) or (_is_day(yesterday, settings) and clock < closes)


def _is_day(day: date, settings: ScheduleSettings) -> bool:
    return DAYS[day.weekday()] in settings.days


def _calendar(context: GateContext, settings: ScheduleSettings) -> dict[str, Any] | None:
    """What the holiday calendar says of the moment, or what keeps it from saying anything."""
    if not settings.holiday_calendar:
        return None
    calendar, problem = _usable_calendar(context, settings)
    goes_on = (each.name for each in events_of(calendar) if active_until(each, context.at)) if calendar else ()
    return {"name": settings.holiday_calendar, "problem": problem or None, "event": next(iter(goes_on), None)}


def _usable_calendar(context: GateContext, settings: ScheduleSettings) -> tuple[Calendar | None, str]:
    """The calendar to go by, if any; or why it cannot be known whether it is a holiday."""
    if not settings.holiday_calendar:
        return None, ""
    calendar = context.known.calendar(settings.holiday_calendar)
    if calendar is None:
        return None, f"There is no calendar called {settings.holiday_calendar}, so holidays are not known"
    if not calendar.is_stale_at(context.as_of or context.at):
        return calendar, ""
    if calendar.when_stale is WhenStale.OPEN:
        return None, ""
    return None, f"Calendar {calendar.name} could not be read, so holidays are not known"


def _opener(settings: ScheduleSettings, spans: list[Occurrence]) -> Callable[[datetime], bool]:
    """The gate's own judgement as a function of the moment; `spans` are when events of the calendar go on."""
    zone, holidays = zone_of(settings.time_zone), {*settings.holidays}
    ends = [span.ends_at for span in spans]

    def is_open(at: datetime) -> bool:
        local = at.astimezone(zone)
        if local.date().isoformat() in holidays:
            return False
        place = bisect_right(ends, at)
        if place < len(spans) and spans[place].starts_at <= at:
            return False
        return _shows_open(local.date(), local.strftime("%H:%M"), settings)

    return is_open
