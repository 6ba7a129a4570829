from __future__ import annotations

from core.app.journal import REFRESH
from core.app.outbox import ONCE, Errand


def test_what_people_are_told_once_is_told_once() -> None:
    assert {Errand.SUMMARY, Errand.OUTCOME, Errand.WEBHOOK} == ONCE


def test_whatever_people_look_at_is_brought_up_to_date_as_often_as_it_changes() -> None:
    assert not set(REFRESH) & ONCE
