from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest

from core.calendars.clock import readings

BERLIN = ZoneInfo("Europe/Berlin")


def test_times_of_day_come_in_order_and_after_the_moment() -> None:
    since = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
    found = list(islice(readings(BERLIN, since, 3, [time(8), time(18)]), 3))
    assert found == [since.replace(hour=17), since.replace(day=3), since.replace(day=3, hour=17)]


def test_a_time_that_is_skipped_is_passed_when_the_clock_is_changed() -> None:
    since = datetime(2026, 3, 28, 12, tzinfo=UTC)
    found = list(islice(readings(BERLIN, since, 3, [time(2, 30)]), 2))
    assert found[0] == datetime(2026, 3, 29, 0, 30, tzinfo=UTC) or found[0] == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert datetime(2026, 3, 29, 1, 0, tzinfo=UTC) in found


def test_a_time_that_is_shown_twice_counts_twice() -> None:
    since = datetime(2026, 10, 24, 12, tzinfo=UTC)
    found = list(islice(readings(BERLIN, since, 2, [time(2, 30)]), 3))
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert found == [first, first + timedelta(minutes=30), first + timedelta(hours=1)]


@pytest.mark.parametrize("zone", ["UTC", "Australia/Lord_Howe", "America/St_Johns", "Africa/Cairo", "Pacific/Apia"])
def test_a_year_is_in_order_without_end_or_repetition(zone: str) -> None:
    found = list(readings(ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC), 366, [time(0), time(12)]))
    assert all(before < after for before, after in pairwise(found))
    assert len(found) >= 2 * 366
