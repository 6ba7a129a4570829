from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidError
from core.evidence.audit.period import Period

JANUARY = Period.of("2026-01-01", "2026-01-31")


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        ("2025-12-31T23:59:59.999999Z", False),
        ("2026-01-01T00:00:00Z", True),
        ("2026-01-31T23:59:59.999999Z", True),
        ("2026-02-01T00:00:00Z", False),
        ("2026-02-01T00:30:00+01:00", True),
    ],
)
def test_the_first_and_the_last_day_are_in(moment: str, inside: bool) -> None:
    assert (datetime.fromisoformat(moment) in JANUARY) is inside


def test_it_says_which_days_it_has() -> None:
    assert JANUARY.days == (date(2026, 1, 1), date(2026, 1, 31))
    assert JANUARY.name == "2026-01-01-to-2026-01-31"
    assert str(JANUARY) == "2026-01-01 to 2026-01-31 (UTC, both days included)"


def test_moments_count_until_just_before_the_end() -> None:
    period = Period.of("2026-01-01T10:00:00+02:00", "2026-01-01T12:00:00Z")
    assert period.since == datetime(2026, 1, 1, 8, tzinfo=UTC)
    assert period.until not in period
    assert period.days is None
    assert period.name == "2026-01-01T080000Z-to-2026-01-01T120000Z"
    assert str(period) == "from 2026-01-01T08:00:00Z until just before 2026-01-01T12:00:00Z"


@given(st.dates(max_value=date(9999, 12, 30)), st.integers(0, 400))
def test_any_days_in_order_are_a_period_of_so_many_days(first: date, count: int) -> None:
    last = min(first + timedelta(days=count), date(9999, 12, 30)) if first.year < 9990 else first
    period = Period.of(first.isoformat(), last.isoformat())
    assert period.until - period.since == last - first + timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-02-01", "2026-01-31", "to"),
        ("2026-02-30", "2026-03-01", "from"),
        ("yesterday", "2026-03-01", "from"),
        ("2026-01-01", "2026-01-31T12:00:00", "to"),
        ("2026-01-01", "9999-12-31", "to"),
        ("", "2026-01-31", "from"),
        ("2026-01-01", "٢٠٢٦-01-31", "to"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "to"),
    ],
)
def test_what_is_no_period_says_why(first: str, last: str, field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        Period.of(first, last)
    assert refused.value.field == field
    assert refused.value.hint
