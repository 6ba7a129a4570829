from __future__ import annotations

from core.app.journal import REFRESH
from core.app.outbox import LANES, ONCE, Errand


def test_what_people_are_told_once_is_told_once() -> None:
    assert {Errand.SUMMARY, Errand.OUTCOME, Errand.WEBHOOK} == ONCE


def test_whatever_people_look_at_is_brought_up_to_date_as_often_as_it_changes() -> None:
    assert not set(REFRESH) & ONCE


def test_every_errand_has_its_lane_and_gates_have_one_of_their_own() -> None:
    assert sorted(errand for lane in LANES for errand in lane) == sorted(Errand)
    assert frozenset({Errand.EVALUATE}) in LANES


def test_a_card_never_waits_for_what_single_people_are_told() -> None:
    (lane,) = [lane for lane in LANES if Errand.CARD in lane]
    assert not lane & {Errand.NOTICES, Errand.DESK, Errand.HOMES, Errand.HOME}
