from __future__ import annotations

from core.evidence.report import Outcome, Step, VerificationReport

PASSED = Step(1, "strict JSON", Outcome.PASSED, "12 bytes")
FAILED = Step(2, "known key", Outcome.FAILED, "no such key")
NOT_REACHED = Step(3, "signature", Outcome.NOT_REACHED, "")


def test_a_report_is_good_only_where_every_step_was_reached_and_passed() -> None:
    assert VerificationReport((PASSED,)).ok
    assert not VerificationReport((PASSED, FAILED, NOT_REACHED)).ok
    assert not VerificationReport((PASSED, NOT_REACHED)).ok


def test_a_report_without_steps_proves_nothing() -> None:
    assert not VerificationReport(()).ok


def test_the_failure_is_the_step_that_failed_not_one_that_was_not_reached() -> None:
    assert VerificationReport((PASSED, FAILED, NOT_REACHED)).failure == FAILED
    assert VerificationReport((PASSED,)).failure is None
