from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.domain.environment import FreezeWindow
from core.domain.exemption import FreezeExemption
from core.domain.people import ActorKind, ActorRef
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


def changes(*windows: FreezeWindow) -> datetime | None:
    return FreezeWindowGate().changes_after(a_context(windows=windows), GateSettings())


def test_it_is_looked_at_again_when_another_window_is_to_be_named_or_none() -> None:
    def hours(number: float) -> datetime:
        return MORNING + timedelta(hours=number)

    assert changes() is None
    assert changes(a_freeze(begins=2, ends=3), a_freeze("next", begins=1, ends=9)) == hours(1)
    assert changes(a_freeze(ends=5), a_freeze("short", ends=2)) == hours(5)
    assert changes(a_freeze(ends=5), a_freeze("within", begins=1, ends=4)) == hours(5)
    assert changes(a_freeze(ends=5), a_freeze("longer", begins=2, ends=6)) == hours(2)
    assert changes(a_freeze(begins=-3, ends=-1)) is None


def test_a_lifted_freeze_passes_and_says_who_lifted_it() -> None:
    erin = ActorRef(ActorKind.PERSON, nth_id(8), "Erin")
    lifted = FreezeExemption(erin, "The shop is down", MORNING, MORNING + timedelta(minutes=30))
    context = a_context(windows=(a_freeze(),), lifted=lifted)
    found = judged(FreezeWindowGate(), context, GateSettings())
    assert found.passed
    assert found.message.endswith("until 2026-03-02 10:00 UTC; lifted by Erin until 2026-03-02 09:30 UTC")
    assert FreezeWindowGate().changes_after(context, GateSettings()) == lifted.until
    over = a_context(windows=(a_freeze(),), lifted=lifted, at=lifted.until)
    assert not judged(FreezeWindowGate(), over, GateSettings()).passed
