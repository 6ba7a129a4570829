from __future__ import annotations

from datetime import date

import pytest

from core.calendars.dates import dates_in, with_implied
from core.domain.recurrence import parsed

FIRST = date(2026, 1, 2)


def dates(rule: str, year: int = 2026, first: date = FIRST) -> list[str]:
    return [day.isoformat() for day in dates_in(parsed(rule), first, year)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=YEARLY", ["2026-01-02"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;BYMONTH=3,12", ["2026-03-27", "2026-12-25"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYMONTH=5", ["2026-05-29"]),
        ("FREQ=YEARLY;BYYEARDAY=-1,60", ["2026-03-01", "2026-12-31"]),
        ("FREQ=YEARLY;BYWEEKNO=20", ["2026-05-15"]),
        ("FREQ=WEEKLY;INTERVAL=20;BYDAY=FR", ["2026-01-02", "2026-05-22", "2026-10-09"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=1,2,3", ["2026-01-31", "2026-03-31"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", []),
    ],
)
def test_a_rule_names_its_dates(rule: str, expected: list[str]) -> None:
    assert dates(rule) == expected


def test_nothing_comes_before_the_first() -> None:
    assert dates("FREQ=DAILY", 2025) == []
    assert dates("FREQ=DAILY")[0] == "2026-01-02"


def test_a_count_goes_on_from_year_to_year() -> None:
    rule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=2"
    first = date(2028, 2, 29)
    assert [dates(rule, year, first) for year in (2028, 2032, 2036)] == [["2028-02-29"], ["2032-02-29"], []]


def test_a_rule_leaves_the_rest_to_its_first_occurrence() -> None:
    assert with_implied(parsed("FREQ=WEEKLY"), FIRST).by_day == ((0, 4),)
    assert with_implied(parsed("FREQ=MONTHLY"), FIRST).by_month_day == (2,)
    yearly = with_implied(parsed("FREQ=YEARLY"), FIRST)
    assert (yearly.by_month, yearly.by_month_day) == ((1,), (2,))
    assert with_implied(parsed("FREQ=DAILY"), FIRST).by_month_day == ()
