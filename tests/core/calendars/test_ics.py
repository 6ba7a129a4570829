"""Calendar files as people and programs export them, and as nobody should."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.calendars.ics import MAX_BYTES, read_events
from core.domain.calendar import CalendarEvent
from core.domain.recurrence import Recurrence
from core.errors import InvalidError

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def ics(*events: str, header: str = "") -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN"]
    lines += [header] if header else []
    for each in events:
        lines += ["BEGIN:VEVENT", *each.split("|"), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def only(*events: str, header: str = "", zone: str = "") -> CalendarEvent:
    (event,) = read_events(ics(*events, header=header), NOW, zone)
    return event


def test_an_event_is_read() -> None:
    event = only("UID:a|SUMMARY:Stock\\, taking|DTSTART:20260310T080000Z|DTEND:20260310T120000Z")
    assert event == CalendarEvent(
        "a", "Stock, taking", datetime(2026, 3, 10, 8, tzinfo=UTC), datetime(2026, 3, 10, 12, tzinfo=UTC)
    )


def test_a_whole_day_is_by_the_clock_of_the_calendar() -> None:
    for header, zone in (
        ("X-WR-TIMEZONE:Europe/Berlin", ""),
        ("", "Europe/Berlin"),
        ("X-WR-TIMEZONE:UTC", "Europe/Berlin"),
    ):
        event = only("UID:a|DTSTART;VALUE=DATE:20261225", header=header, zone=zone)
        assert (event.starts_at, event.ends_at) == (
            datetime(2026, 12, 24, 23, tzinfo=UTC),
            datetime(2026, 12, 25, 23, tzinfo=UTC),
        )


def test_a_recurring_event_keeps_its_rule_zone_and_exceptions() -> None:
    event = only(
        "UID:a|DTSTART;TZID=W. Europe Standard Time:20260102T160000|DTEND;TZID=W. Europe Standard Time:20260105T080000"
        "|RRULE:FREQ=WEEKLY;BYDAY=FR|EXDATE;TZID=Europe/Berlin:20260109T160000,20260116T160000"
    )
    assert event.recurrence == Recurrence(
        "FREQ=WEEKLY;BYDAY=FR", "Europe/Berlin", (date(2026, 1, 9), date(2026, 1, 16))
    )
    assert event.starts_at == datetime(2026, 1, 2, 15, tzinfo=UTC)


def test_a_changed_occurrence_takes_the_place_of_the_one_it_stands_for() -> None:
    series = "UID:a|DTSTART:20260302T100000Z|DTEND:20260302T120000Z|RRULE:FREQ=DAILY"
    changed = "UID:a|RECURRENCE-ID:20260305T100000Z|DTSTART:20260305T140000Z|DTEND:20260305T150000Z"
    cancelled = "UID:a|RECURRENCE-ID:20260306T100000Z|DTSTART:20260306T100000Z|STATUS:CANCELLED"
    first, moved = read_events(ics(series, changed, cancelled), NOW)
    assert first.recurrence is not None
    assert first.recurrence.except_dates == (date(2026, 3, 5), date(2026, 3, 6))
    assert (moved.uid, moved.starts_at.hour, moved.recurrence) == ("a#2026-03-05", 14, None)


def test_further_dates_are_events_of_their_own() -> None:
    events = read_events(
        ics("UID:a|DTSTART:20260310T080000Z|DURATION:PT2H|RDATE:20260312T080000Z,20260313T090000Z"), NOW
    )
    assert [(each.starts_at.day, each.ends_at - each.starts_at) for each in events] == [
        (10, timedelta(hours=2)),
        (12, timedelta(hours=2)),
        (13, timedelta(hours=2)),
    ]


def test_a_first_date_that_the_rule_does_not_name_counts_all_the_same() -> None:
    once, series = read_events(
        ics("UID:a|DTSTART:20260302T100000Z|DTEND:20260302T110000Z|RRULE:FREQ=WEEKLY;BYDAY=FR"), NOW
    )
    assert (once.recurrence, once.starts_at.day) == (None, 2)
    assert (series.starts_at.day, series.ends_at.day) == (6, 6)


@pytest.mark.parametrize(
    "event",
    [
        "UID:a|DTSTART:20250310T080000Z|DTEND:20250310T120000Z",
        "UID:a|DTSTART:20250310T080000Z|DTEND:20250310T120000Z|RRULE:FREQ=DAILY;COUNT=3",
        "UID:a|DTSTART:20250310T080000Z|DTEND:20250310T120000Z|RRULE:FREQ=DAILY;UNTIL=20250401T000000Z",
        "UID:a|DTSTART:20260310T080000Z|DTEND:20260310T120000Z|STATUS:CANCELLED",
        "UID:a|DTSTART:20260310T080000Z",
    ],
)
def test_what_is_over_cancelled_or_lasts_no_time_is_left_out(event: str) -> None:
    assert read_events(ics(event), NOW) == ()


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("UID:a|SUMMARY:Party|DTSTART:garbage", "Event 1 .Party. is malformed"),
        ("UID:a|DTEND:20260310T120000Z", "does not say when it starts"),
        ("UID:a|DTSTART:20260310T080000Z|DTEND:20260309T120000Z", "must end after it starts"),
        ("UID:a|DTSTART:20260310T080000Z|DTEND:20290309T120000Z", "within 366 days"),
        (
            "UID:a|DTSTART;TZID=Nowhere:20260310T080000|DTEND;TZID=Nowhere:20260310T090000",
            "unknown time zone 'Nowhere'",
        ),
        ("UID:a|DTSTART:20260310T080000Z|DURATION:PT1H|RRULE:FREQ=SECONDLY", "within a day"),
        ("UID:a|DTSTART:20260310T080000Z|DURATION:PT1H|RRULE:FREQ=FOO", "malformed"),
        ("UID:a|DTSTART:20260310T080000Z|DURATION:PT1H|RRULE:FREQ=DAILY|RRULE:FREQ=WEEKLY", "more than one recurrence"),
        (
            "UID:a|DTSTART:20260310T080000Z|DURATION:PT1H|RECURRENCE-ID;RANGE=THISANDFUTURE:20260310T080000Z",
            "all later",
        ),
    ],
)
def test_an_event_that_cannot_be_understood_is_named(event: str, words: str) -> None:
    with pytest.raises(InvalidError, match=words) as refused:
        read_events(ics(event), NOW)
    assert refused.value.field == "content"
    assert refused.value.message.startswith("Event 1")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "hello",
        "<html>Please log in</html>",
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n",
        "BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n",
        "BEGIN:VCALENDAR\r\n" * 2000,
        ics(header="X-WR-TIMEZONE:Mars/Olympus"),
        "x" * (MAX_BYTES + 1),
        b"\xff\xfe\x00".decode("latin-1"),
    ],
)
def test_what_is_no_calendar_is_refused(content: str) -> None:
    with pytest.raises(InvalidError) as refused:
        read_events(content, NOW)
    assert refused.value.field == "content"


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(InvalidError):
        read_events(b"\xff\xfe\x00", NOW)


def test_too_many_events_are_refused() -> None:
    with pytest.raises(InvalidError, match="1001 events"):
        read_events(ics(*(f"UID:{n}|DTSTART:20260310T080000Z|DURATION:PT1H" for n in range(1001))), NOW)


def test_names_are_shown_as_one_line() -> None:
    assert only("UID:a|SUMMARY:a\\nb\u202ec|DTSTART:20260310T080000Z|DURATION:PT1H").name == "abc"
    assert only("UID:a|DTSTART:20260310T080000Z|DURATION:PT1H").name == "Calendar event"
