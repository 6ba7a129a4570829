from __future__ import annotations

from bot.playground import Outcome, Submission


def test_all_is_well_without_an_error() -> None:
    assert Outcome().ok
    assert not Outcome("operation_timeout").ok


def test_a_form_with_complaints_is_not_taken() -> None:
    assert Submission(closed=True).ok
    assert not Submission(errors={"why": "no"}).ok
    assert not Submission("dispatch_failed").ok
