"""Occurrences by the clock of a zone, held against brute force with the library's own counting from the start."""

# ruff: noqa: DTZ001 - what a clock shows has no zone of its own

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from core.calendars.occurrences import active_until, ahead, next_start, require_first_occurrence, together
from core.domain.environment import FreezeWindow
from core.domain.recurrence import Recurrence
from core.errors import InvalidError
from tests.support.clock import nth_id

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo")


def recurring(
    rule: str, start: str, end: str, zone: str = "Europe/Berlin", without: tuple[date, ...] = ()
) -> FreezeWindow:
    own = ZoneInfo(zone)
    starts_at, ends_at = (datetime.fromisoformat(at).replace(tzinfo=own) for at in (start, end))
    return FreezeWindow(
        nth_id(1), "freeze", (nth_id(2),), starts_at, ends_at, recurrence=Recurrence(rule, zone, without)
    )


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


WEEKEND = recurring("FREQ=WEEKLY;BYDAY=FR", "2026-01-02T16:00", "2026-01-05T08:00")


def test_a_weekend_freeze_ends_on_monday_by_the_clock_when_it_is_put_forward_and_back() -> None:
    for friday, monday in (("2026-03-27", "2026-03-30"), ("2026-10-23", "2026-10-26"), ("2026-06-05", "2026-06-08")):
        occurrence = active_until(WEEKEND, at(f"{friday}T16:00"))
        assert occurrence is not None
        assert occurrence.ends_at == at(f"{monday}T08:00")
        assert active_until(WEEKEND, at(f"{monday}T07:59")) == occurrence
        assert active_until(WEEKEND, at(f"{monday}T08:00")) is None
        assert active_until(WEEKEND, at(f"{friday}T15:59")) is None


def test_the_29th_of_february_comes_every_four_years_and_once_after_eight() -> None:
    leap = recurring("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2088-02-29T00:00", "2088-03-01T00:00", "UTC")
    starts = [
        each.starts_at.year for each, _ in zip(ahead(leap, at("2088-03-02T00:00", "UTC")), range(2), strict=False)
    ]
    assert starts == [2092, 2096]
    after = next_start(leap, at("2096-03-01T00:00", "UTC"))
    assert after is not None
    assert after.starts_at == at("2104-02-29T00:00", "UTC")


def test_a_freeze_in_the_hour_that_a_clock_skips_still_holds() -> None:
    night = recurring("FREQ=DAILY", "2026-03-01T02:15", "2026-03-01T02:45")
    occurrence = active_until(night, datetime(2026, 3, 29, 1, 20, tzinfo=UTC))
    assert occurrence is not None
    assert occurrence.ends_at - occurrence.starts_at == timedelta(minutes=30)


def test_a_skipped_start_never_leaves_an_end_before_it() -> None:
    early = recurring("FREQ=DAILY", "2026-03-01T02:30", "2026-03-01T03:15")
    found = active_until(early, datetime(2026, 3, 29, 1, 40, tzinfo=UTC))
    assert found is not None
    assert found.ends_at > found.starts_at


def test_dates_can_be_left_out() -> None:
    without = recurring("FREQ=WEEKLY;BYDAY=FR", "2026-01-02T16:00", "2026-01-05T08:00", without=(date(2026, 1, 9),))
    assert active_until(without, at("2026-01-10T12:00")) is None
    after = next_start(without, at("2026-01-06T00:00"))
    assert after is not None
    assert after.starts_at == at("2026-01-16T16:00")


def test_occurrences_may_overlap_and_hold_together() -> None:
    overlapping = recurring("FREQ=DAILY;COUNT=3", "2026-01-01T00:00", "2026-01-03T00:00", "UTC")
    found = active_until(overlapping, at("2026-01-02T12:00", "UTC"))
    assert found is not None
    assert found.ends_at == at("2026-01-04T00:00", "UTC")
    assert next_start(overlapping, at("2026-01-05T00:00", "UTC")) is None
    (span,) = together([overlapping], at("2025-12-01T00:00", "UTC"), at("2027-01-01T00:00", "UTC"))
    assert (span.starts_at, span.ends_at) == (overlapping.starts_at, at("2026-01-05T00:00", "UTC"))


@pytest.mark.parametrize("until", ["UNTIL=20260110", "UNTIL=20260110T010000Z", "UNTIL=20260110T020000", "COUNT=9"])
def test_a_rule_that_ends_is_over(until: str) -> None:
    ending = recurring(f"FREQ=DAILY;{until}", "2026-01-02T02:00", "2026-01-02T03:00")
    assert len(list(ahead(ending, at("2026-01-01T00:00")))) == 9


def test_a_window_without_a_rule_holds_once() -> None:
    once = FreezeWindow(nth_id(1), "once", (nth_id(2),), at("2026-01-01T00:00"), at("2026-01-02T00:00"))
    upcoming = next_start(once, at("2025-12-31T00:00"))
    assert upcoming is not None
    assert (upcoming.starts_at, upcoming.ends_at) == (once.starts_at, once.ends_at)
    assert active_until(once, once.starts_at) == upcoming
    assert next_start(once, once.starts_at) is None
    assert active_until(once, once.ends_at) is None


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;BYDAY=SA",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;UNTIL=20251231",
        "FREQ=DAILY;BYMONTH=5",
    ],
)
def test_a_window_must_start_on_a_date_of_its_rule(rule: str) -> None:
    with pytest.raises(InvalidError, match="must start on a date") as refused:
        require_first_occurrence(recurring(rule, "2026-01-02T16:00", "2026-01-05T08:00"))
    assert refused.value.field == "startsAt"


def test_a_first_occurrence_that_fits_is_taken() -> None:
    require_first_occurrence(WEEKEND)
    require_first_occurrence(FreezeWindow(nth_id(1), "x", (nth_id(2),), at("2026-01-01T00:00"), at("2026-01-02T00:00")))


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;COUNT=10000;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYYEARDAY=" + ",".join(map(str, range(1, 100))) + ";BYSETPOS=366",
        "FREQ=WEEKLY;INTERVAL=1000;BYMONTH=1;BYDAY=MO",
    ],
)
def test_a_rule_that_hardly_ever_comes_true_costs_little(rule: str) -> None:
    hostile = recurring(rule, "1970-01-02T16:00", "1970-01-05T08:00")
    began = time.thread_time()
    for hour in range(100):
        active_until(hostile, at("2026-01-02T16:00") + timedelta(hours=hour))
        next_start(hostile, at("2026-01-02T16:00") + timedelta(hours=hour))
    assert time.thread_time() - began < 5


RULES = st.one_of(
    st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 40)),
    st.builds(
        "FREQ=WEEKLY;INTERVAL={};BYDAY={};WKST={}".format,
        st.integers(1, 5),
        st.sampled_from(["MO", "FR,SA", "SU,WE", "TU"]),
        st.sampled_from(["MO", "SU"]),
    ),
    st.builds(
        "FREQ=MONTHLY;INTERVAL={};{}".format,
        st.integers(1, 14),
        st.sampled_from(["BYMONTHDAY=31", "BYMONTHDAY=-1,15", "BYDAY=-1FR", "BYDAY=MO,TU;BYSETPOS=-1", "BYDAY=2TU"]),
    ),
    st.builds("FREQ=MONTHLY;INTERVAL={}".format, st.integers(1, 14)),
    st.builds(
        "FREQ=YEARLY;INTERVAL={}{}".format,
        st.integers(1, 4),
        st.sampled_from(
            [
                "",
                ";BYMONTH=2;BYMONTHDAY=29",
                ";BYYEARDAY=-1,60",
                ";BYWEEKNO=1,53;BYDAY=MO",
                ";BYDAY=20MO",
                ";BYMONTH=3,10;BYDAY=-1SU",
            ]
        ),
    ),
)
STARTS = st.datetimes(datetime(2018, 1, 1), datetime(2025, 12, 31)).map(lambda at: at.replace(second=0, microsecond=0))


@settings(max_examples=150, deadline=None)
@given(rule=RULES, start=STARTS, hours=st.integers(1, 200), zone=st.sampled_from(ZONES), year=st.integers(2019, 2030))
def test_years_worked_out_alone_are_those_counted_from_the_start(
    rule: str, start: datetime, hours: int, zone: str, year: int
) -> None:
    own = ZoneInfo(zone)
    first = next(iter(rrulestr(rule, dtstart=start)), start)  # a start that its rule names
    end = first + timedelta(hours=hours)
    starts_at, ends_at = first.replace(tzinfo=own), end.replace(tzinfo=own)
    if ends_at.astimezone(UTC) <= starts_at.astimezone(UTC) or starts_at.astimezone(UTC).astimezone(own) != starts_at:
        return
    window = FreezeWindow(nth_id(1), "x", (nth_id(2),), starts_at, ends_at, recurrence=Recurrence(rule, zone))
    moment = datetime(year, 3, 20, tzinfo=UTC)
    counted = rrulestr(rule, dtstart=first).between(datetime(2017, 1, 1), datetime(year + 2, 1, 1), inc=True)
    spans = [
        (each.replace(tzinfo=own).astimezone(UTC), (each + (end - first)).replace(tzinfo=own).astimezone(UTC))
        for each in counted
    ]
    expected = [span for span in spans if span[1] > moment][:20]
    worked_out = [(each.starts_at, each.ends_at) for each, _ in zip(ahead(window, moment), expected, strict=False)]
    skipped = [span for span in spans if span[1] <= span[0]]
    if not skipped:
        assert worked_out == expected
        holding = max((span for span in spans if span[0] <= moment < span[1]), key=lambda span: span[1], default=None)
        found = active_until(window, moment)
        assert (found and found.ends_at) == (holding and holding[1])
        upcoming, by_hand = next_start(window, moment), next((span for span in spans if span[0] > moment), None)
        assert by_hand is None or (upcoming is not None and upcoming.starts_at == by_hand[0])
