from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.calendar import MAX_EVENTS, Calendar, CalendarEvent, WhenStale, events_of
from core.errors import InvalidError
from tests.support.clock import MORNING, nth_id

HOUR = timedelta(hours=1)
EVENT = CalendarEvent("1", "Stocktaking", MORNING, MORNING + HOUR)
IMPORTED = Calendar(nth_id(1), "company", (nth_id(2),), ("shop",), events=(EVENT,), read_at=MORNING)
SUBSCRIBED = Calendar(nth_id(1), "company", url="https://example.com/a.ics", refresh_minutes=30, stale_after_hours=2)


def test_what_was_imported_never_gets_old() -> None:
    assert not IMPORTED.is_stale_at(MORNING + timedelta(days=9999))
    assert not IMPORTED.due_at(MORNING + timedelta(days=9999))


def test_what_was_never_read_is_stale_and_due() -> None:
    assert SUBSCRIBED.is_stale_at(MORNING)
    assert SUBSCRIBED.due_at(MORNING)
    assert SUBSCRIBED.when_stale is WhenStale.CLOSED


def test_what_was_read_is_good_for_some_hours() -> None:
    read = SUBSCRIBED.read((EVENT,), MORNING)
    assert not read.is_stale_at(MORNING + 2 * HOUR - timedelta(seconds=1))
    assert read.is_stale_at(MORNING + 2 * HOUR)
    assert not read.due_at(MORNING + timedelta(minutes=29))
    assert read.due_at(MORNING + timedelta(minutes=30))


def test_a_failure_keeps_the_events_and_is_tried_again_soon() -> None:
    failed = SUBSCRIBED.read((EVENT,), MORNING).failed("no answer" * 100, MORNING + HOUR)
    assert (failed.events, failed.read_at, len(failed.problem)) == ((EVENT,), MORNING, 500)
    assert not failed.due_at(MORNING + HOUR + timedelta(minutes=4))
    assert failed.due_at(MORNING + HOUR + timedelta(minutes=5))


def test_events_are_windows_with_the_same_id_each_time() -> None:
    (window,) = IMPORTED.windows()
    assert (window.name, window.source, window.components) == ("Stocktaking", "company", ("shop",))
    assert window.id == replace(IMPORTED, name="renamed").windows()[0].id


def test_a_calendar_without_environments_freezes_nothing() -> None:
    holidays = replace(IMPORTED, environment_ids=())
    assert holidays.windows() == ()
    assert len(events_of(holidays)) == 1


def test_a_calendar_concerns_its_components() -> None:
    assert IMPORTED.concerns("shop")
    assert not IMPORTED.concerns("billing")
    assert SUBSCRIBED.concerns("billing")


def test_the_number_of_events_has_a_bound() -> None:
    with pytest.raises(InvalidError, match="1000 events"):
        replace(IMPORTED, events=(EVENT,) * (MAX_EVENTS + 1))
