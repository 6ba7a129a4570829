from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.domain.calendar import Calendar, CalendarEvent, WhenStale
from core.domain.recurrence import Recurrence
from core.errors import InvalidError
from core.gates.gate import Verdict
from core.gates.registry import GateRegistry
from core.gates.schedule import ScheduleGate, ScheduleSettings
from tests.core.gates.samples import a_context, judged
from tests.support.clock import MORNING, nth_id

BERLIN = {"timeZone": "Europe/Berlin"}
GATE = ScheduleGate()


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def settings(**given: Any) -> ScheduleSettings:
    return ScheduleSettings.model_validate(BERLIN | given)


def verdict(moment: datetime, *, calendars: Any = (), **given: Any) -> Verdict:
    return judged(GATE, a_context(at=moment, calendars=calendars), settings(**given))


def changes(moment: datetime, *, calendars: Any = (), **given: Any) -> datetime | None:
    return GATE.changes_after(a_context(at=moment, calendars=calendars), settings(**given))


def holidays(**given: Any) -> Calendar:
    yearly = Recurrence("FREQ=YEARLY", "Europe/Berlin")
    day = CalendarEvent("1", "Founders' Day", at("2026-03-04T00:00"), at("2026-03-05T00:00"), yearly)
    return replace(Calendar(nth_id(9), "holidays", events=(day,), read_at=MORNING), **given)


@pytest.mark.parametrize(
    ("moment", "passed"),
    [
        ("2026-03-02T07:59", False),
        ("2026-03-02T08:00", True),
        ("2026-03-02T17:59", True),
        ("2026-03-02T18:00", False),
        ("2026-03-07T12:00", False),
    ],
)
def test_working_hours_are_by_the_clock_of_the_zone(moment: str, passed: bool) -> None:
    assert verdict(at(moment)).passed is passed


def test_it_says_when_it_is_open() -> None:
    assert verdict(at("2026-03-07T12:00")).message == "Closed now; open mon to fri 08:00-18:00 Europe/Berlin"
    assert verdict(at("2026-03-02T12:00"), days=["mon", "wed"]).message == "Open: mon, wed 08:00-18:00 Europe/Berlin"


def test_hours_past_midnight_belong_to_the_day_on_which_they_began() -> None:
    night = {"days": ["fri"], "opensAt": "22:00", "closesAt": "04:00"}
    assert verdict(at("2026-03-06T23:00"), **night).passed
    assert verdict(at("2026-03-07T03:59"), **night).passed
    assert not verdict(at("2026-03-06T03:00"), **night).passed
    assert not verdict(at("2026-03-07T22:30"), **night).passed


def test_all_day_is_until_24_00() -> None:
    assert verdict(at("2026-03-02T23:59"), opensAt="00:00", closesAt="24:00").passed
    assert changes(at("2026-03-06T12:00"), opensAt="00:00", closesAt="24:00") == at("2026-03-07T00:00")


def test_holidays_close_the_whole_day() -> None:
    closed = verdict(at("2026-03-03T12:00"), holidays=["2026-03-03"])
    assert (closed.passed, closed.message) == (False, "Closed: 2026-03-03 in Europe/Berlin is a holiday")
    assert changes(at("2026-03-02T18:00"), holidays=["2026-03-03"]) == at("2026-03-04T08:00")


def test_a_calendar_of_holidays_closes_while_an_event_goes_on() -> None:
    given = {"calendars": (holidays(),), "holidayCalendar": "holidays"}
    closed = verdict(at("2026-03-04T12:00"), **given)
    assert (closed.passed, closed.message) == (False, "Closed: 2026-03-04 in Europe/Berlin is Founders' Day")
    assert verdict(at("2026-03-05T12:00"), **given).passed
    assert changes(at("2026-03-03T18:00"), **given) == at("2026-03-05T08:00")


def test_a_calendar_that_is_not_there_closes() -> None:
    missing = verdict(at("2026-03-02T12:00"), holidayCalendar="holidays")
    assert not missing.passed
    assert "no calendar called holidays" in missing.message
    assert changes(at("2026-03-02T12:00"), holidayCalendar="holidays") is None


@pytest.mark.parametrize(("when", "passed"), [(WhenStale.CLOSED, False), (WhenStale.OPEN, True)])
def test_a_calendar_too_old_to_go_by_does_as_it_is_set(when: WhenStale, passed: bool) -> None:
    old = holidays(url="https://example.com/a.ics", stale_after_hours=1, when_stale=when)
    found = verdict(at("2026-03-04T12:00"), calendars=(old,), holidayCalendar="holidays")
    assert found.passed is passed
    assert ("could not be read" in found.message) is not passed


def test_the_clock_that_skips_the_opening_opens_when_it_is_put_forward() -> None:
    early = {"days": ["sun"], "opensAt": "02:30", "closesAt": "05:00"}
    forward = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)  # 02:00 becomes 03:00
    assert changes(at("2026-03-28T12:00"), **early) == forward
    assert verdict(forward, **early).passed


def test_a_time_that_the_clock_shows_twice_closes_and_opens_again() -> None:
    night = {"days": ["sun"], "opensAt": "01:00", "closesAt": "02:30"}
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    again = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    assert changes(first - timedelta(minutes=10), **night) == first
    assert changes(first, **night) == again
    assert changes(again, **night) == first + timedelta(hours=1)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"timeZone": "Mars/Olympus"}, "gates.schedule-gate.timeZone"),
        ({"days": []}, "gates.schedule-gate.days"),
        ({"days": ["monday"]}, "gates.schedule-gate.days.0"),
        ({"opensAt": "8:00"}, "gates.schedule-gate.opensAt"),
        ({"closesAt": "24:01"}, "gates.schedule-gate.closesAt"),
        ({"opensAt": "08:00", "closesAt": "08:00"}, "gates.schedule-gate"),
        ({"holidays": ["2026-02-30"]}, "gates.schedule-gate.holidays.0"),
        ({"holidays": ["Christmas"]}, "gates.schedule-gate.holidays.0"),
        ({"colour": "red"}, "gates.schedule-gate.colour"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_their_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        GateRegistry([GATE]).checked({"schedule-gate": given})
    assert refused.value.field == field
