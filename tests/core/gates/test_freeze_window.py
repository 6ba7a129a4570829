from __future__ import annotations

from datetime import timedelta

import pytest

from core.domain.environment import FreezeWindow
from core.gates.freeze_window import FreezeWindowGate
from core.gates.gate import GateSettings, Verdict
from tests.core.gates.samples import a_context, a_freeze, judged
from tests.support.clock import MORNING, nth_id

INSTANT = timedelta(microseconds=1)


def verdict(*windows: FreezeWindow, after: timedelta = timedelta()) -> Verdict:
    return judged(FreezeWindowGate(), a_context(at=MORNING + after, windows=windows), GateSettings())


def test_without_a_freeze_it_passes_and_says_so() -> None:
    assert verdict() == Verdict(True, "No active freeze window", {"activeFreezeWindow": None})


def test_an_active_freeze_blocks_and_says_until_when() -> None:
    found = verdict(a_freeze())

    assert (found.passed, found.message) == (False, "Freeze window year-end is active until 2026-03-02 10:00 UTC")
    assert found.details == {
        "activeFreezeWindow": {
            "id": str(nth_id(5)),
            "name": "year-end",
            "startsAt": "2026-03-02T08:00:00Z",
            "endsAt": "2026-03-02T10:00:00Z",
        }
    }


@pytest.mark.parametrize(
    ("after", "passed"),
    [
        (timedelta(hours=-1) - INSTANT, True),
        (timedelta(hours=-1), False),
        (timedelta(hours=1) - INSTANT, False),
        (timedelta(hours=1), True),
    ],
)
def test_the_start_belongs_to_the_freeze_and_the_end_does_not(after: timedelta, passed: bool) -> None:
    assert verdict(a_freeze(), after=after).passed is passed


def test_a_freeze_that_lies_ahead_holds_nothing_back() -> None:
    assert verdict(a_freeze(begins=1, ends=2)).passed


def test_of_several_active_freezes_the_one_that_ends_last_is_named() -> None:
    found = verdict(a_freeze("short", ends=2), a_freeze("long", ends=9), a_freeze("later", begins=10, ends=99))

    assert found.message == "Freeze window long is active until 2026-03-02 18:00 UTC"


def test_freezes_that_touch_leave_no_gap() -> None:
    meeting = (a_freeze("first", begins=-1, ends=0), a_freeze("second", begins=0, ends=1))

    assert verdict(*meeting).message.startswith("Freeze window second")
