from __future__ import annotations

from core.evidence.examining import Finding, examined, failed, passed
from core.evidence.report import Outcome


def test_the_first_step_that_fails_ends_it_and_every_step_is_told() -> None:
    def never() -> Finding:
        raise AssertionError("a step after the one that failed is not taken")

    steps = examined((("one", lambda: passed("fine")), ("two", lambda: failed("broken")), ("three", never)))
    assert [(step.number, step.name, step.outcome, step.detail) for step in steps] == [
        (1, "one", Outcome.PASSED, "fine"),
        (2, "two", Outcome.FAILED, "broken"),
        (3, "three", Outcome.NOT_REACHED, ""),
    ]
    assert examined(()) == ()


def test_steps_may_go_on_from_those_before() -> None:
    (step,) = examined((("one more", lambda: passed("fine")),), first=11)
    assert step.number == 11
