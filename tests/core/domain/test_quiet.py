"""Quiet hours hold to the person's clock, whatever a government does to it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.quiet import LONGEST_SNOOZE, Preferences, QuietHours, quiet_until, zone
from core.errors import InvalidError
from tests.support.clock import MORNING, nth_id

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]
NIGHT = QuietHours(time(22), time(7))
clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))
hours = st.tuples(clocks, clocks).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: QuietHours(*pair))
instants = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def berlin(*when: int) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)  # type: ignore[misc, arg-type]


def prefer(quiet: QuietHours | None = NIGHT, tz: str = "Europe/Berlin", until: datetime | None = None) -> Preferences:
    return Preferences(nth_id(1), tz, quiet, until)


@given(hours, st.sampled_from(ZONES), instants, st.none() | st.timedeltas(timedelta(), LONGEST_SNOOZE))
def test_quiet_always_ends_later_and_then_it_is_over(
    quiet: QuietHours, tz: str, now: datetime, snooze: timedelta | None
) -> None:
    preferences = prefer(quiet, tz, now + snooze if snooze else None)
    end = quiet_until(preferences, now)
    if end is not None:
        assert now < end <= now + LONGEST_SNOOZE + timedelta(days=2)
        assert quiet_until(preferences, end) is None


@given(st.sampled_from(ZONES), instants)
def test_away_from_changes_of_the_clock_it_is_quiet_exactly_when_the_clock_says_so(tz: str, now: datetime) -> None:
    own = ZoneInfo(tz)
    around = {(now + timedelta(hours=step)).astimezone(own).utcoffset() for step in range(-26, 27, 2)}
    if len(around) == 1:
        shown = now.astimezone(own).time()
        assert (quiet_until(prefer(tz=tz), now) is not None) == (shown >= NIGHT.start or shown < NIGHT.end)


def test_hours_across_midnight_end_in_the_morning() -> None:
    assert quiet_until(prefer(), berlin(2026, 3, 2, 23, 0)) == berlin(2026, 3, 3, 7, 0)
    assert quiet_until(prefer(), berlin(2026, 3, 3, 6, 59)) == berlin(2026, 3, 3, 7, 0)
    assert quiet_until(prefer(), berlin(2026, 3, 3, 7, 0)) is None


def test_the_night_in_which_clocks_go_forward_is_an_hour_shorter_and_ends_at_seven() -> None:
    end = quiet_until(prefer(), berlin(2026, 3, 28, 22, 0))
    assert end == berlin(2026, 3, 29, 7, 0)
    assert end - berlin(2026, 3, 28, 22, 0) == timedelta(hours=8)


def test_the_night_in_which_clocks_go_back_is_an_hour_longer_and_ends_at_seven() -> None:
    end = quiet_until(prefer(), berlin(2026, 10, 24, 22, 0))
    assert end == berlin(2026, 10, 25, 7, 0)
    assert end - berlin(2026, 10, 24, 22, 0) == timedelta(hours=10)


def test_a_snooze_that_ends_at_night_lasts_until_the_morning() -> None:
    snoozed = prefer(until=berlin(2026, 3, 2, 23, 0))
    assert quiet_until(snoozed, berlin(2026, 3, 2, 20, 0)) == berlin(2026, 3, 3, 7, 0)


def test_without_wishes_there_is_no_quiet() -> None:
    assert quiet_until(Preferences(nth_id(1)), MORNING) is None


@pytest.mark.parametrize("name", ["", "Nowhere/Land", "../etc/passwd", "Europe", "/etc/localtime", "\0"])
def test_a_zone_that_is_none_counts_as_utc(name: str) -> None:
    assert zone(name) is UTC


def test_hours_need_two_ends() -> None:
    with pytest.raises(InvalidError):
        QuietHours(time(7), time(7))
