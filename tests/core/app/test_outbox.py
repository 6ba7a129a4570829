from __future__ import annotations

from core.app.outbox import ONCE, Errand


def test_what_people_are_told_once_is_told_once() -> None:
    assert {Errand.SUMMARY, Errand.OUTCOME, Errand.WEBHOOK} == ONCE


def test_what_is_brought_up_to_date_is_run_as_often_as_it_changes() -> None:
    assert set(Errand) - ONCE == {Errand.EVALUATE, Errand.CARD, Errand.NOTICES}
