"""Rules are read strictly, and refused with the position of what is wrong."""

# ruff: noqa: DTZ001 - what a clock shows has no zone of its own

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core.domain.recurrence import MAX_COUNT, Frequency, Recurrence, parsed, zone_of
from core.errors import InvalidError


def test_a_rule_is_read_into_its_parts() -> None:
    rule = parsed("FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR,MO;BYSETPOS=-1;WKST=SU;COUNT=7")
    assert rule.frequency is Frequency.MONTHLY
    assert (rule.interval, rule.count, rule.by_position, rule.week_start) == (2, 7, (-1,), 6)
    assert rule.by_day == ((-1, 4), (0, 0))


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("20261231", date(2026, 12, 31)),
        ("20261231T235959Z", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("20261231T235959", datetime(2026, 12, 31, 23, 59, 59)),
    ],
)
def test_an_end_is_a_date_or_a_time(text: str, until: date) -> None:
    assert parsed(f"FREQ=DAILY;UNTIL={text}").until == until


@pytest.mark.parametrize(
    ("rule", "position", "words"),
    [
        ("", 1, "NAME=VALUE"),
        ("INTERVAL=2", 1, "FREQ"),
        ("FREQ=SECONDLY", 6, "within a day"),
        ("FREQ=HOURLY;COUNT=3", 6, "within a day"),
        ("FREQ=DAILY;BYHOUR=1,2,3", 12, "within a day"),
        ("FREQ=FORTNIGHTLY", 6, "DAILY"),
        ("FREQ=DAILY;FREQ=DAILY", 12, "twice"),
        ("FREQ=DAILY;X-COLOUR=RED", 12, "unknown part"),
        ("FREQ=DAILY;INTERVAL=0", 21, "1 to 1000"),
        ("FREQ=DAILY;COUNT=1000000000", 18, "number"),
        (f"FREQ=DAILY;COUNT={MAX_COUNT + 1}", 18, "number"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", 12, "both"),
        ("FREQ=WEEKLY;BYDAY=MO,XX", 22, "weekday"),
        ("FREQ=WEEKLY;BYDAY=1MO", 13, "MONTHLY or YEARLY"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", 13, "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", 25, "not 0"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", 25, "-31 to 31"),
        ("FREQ=MONTHLY;BYYEARDAY=3", 14, "YEARLY only"),
        ("FREQ=MONTHLY;BYWEEKNO=3", 14, "YEARLY only"),
        ("FREQ=YEARLY;BYWEEKNO=3;BYDAY=1MO", 24, "BYWEEKNO"),
        ("FREQ=MONTHLY;BYSETPOS=1", 14, "chooses from"),
        ("FREQ=DAILY;UNTIL=20261399", 18, "date"),
        ("FREQ=DAILY;UNTIL=TOMORROW", 18, "date"),
        ("FREQ=DAILY;WKST=XX", 17, "weekday"),
        ("FREQ=DAILY;BYMONTH=" + "1," * 300, 500, "characters"),
    ],
)
def test_what_is_wrong_is_named_with_its_position(rule: str, position: int, words: str) -> None:
    with pytest.raises(InvalidError, match=words) as refused:
        Recurrence(rule)
    assert refused.value.field == "recurrence.rule"
    assert refused.value.params["position"] == position
    assert f"at position {position}" in refused.value.message


def test_a_rule_is_kept_as_rfc_5545_writes_it() -> None:
    assert Recurrence(" rrule:freq=weekly;byday=fr ") == Recurrence("FREQ=WEEKLY;BYDAY=FR")


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "/etc/localtime", "Europe/Berlin\0", "a" * 300])
def test_a_zone_that_nobody_knows_is_refused(name: str) -> None:
    with pytest.raises(InvalidError, match="time zone") as refused:
        Recurrence("FREQ=DAILY", name)
    assert refused.value.field == "recurrence.timeZone"


def test_zones_have_their_iana_names() -> None:
    assert str(zone_of("America/Argentina/Buenos_Aires")) == "America/Argentina/Buenos_Aires"
    assert zone_of("UTC") is UTC


def test_dates_left_out_are_kept_once_and_in_order() -> None:
    left_out = (date(2026, 5, 1), date(2026, 1, 1), date(2026, 5, 1))
    assert Recurrence("FREQ=DAILY", "UTC", left_out).except_dates == (date(2026, 1, 1), date(2026, 5, 1))


def test_the_number_of_dates_left_out_has_a_bound() -> None:
    with pytest.raises(InvalidError, match="1000 dates"):
        Recurrence("FREQ=DAILY", "UTC", tuple(date.fromordinal(737000 + day) for day in range(1001)))
