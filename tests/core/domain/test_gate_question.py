from __future__ import annotations

from core.domain.gate_question import TOKENS_KEPT, GateQuestion
from tests.support.clock import MORNING, nth_id

ASKED = GateQuestion(nth_id(7), nth_id(1), "change-board", "sha256:ab", MORNING)


def test_the_newest_tokens_are_kept() -> None:
    question = ASKED
    for number in range(TOKENS_KEPT + 5):
        question = question.asked_again(f"token {number}")
    assert question.token_digests == tuple(f"token {number}" for number in range(5, TOKENS_KEPT + 5))


def test_an_answer_that_came_stays_whatever_is_heard_afterwards() -> None:
    answered = ASKED.failed("it answered 500").answered(True, "fine", MORNING)
    assert (answered.problem, answered.passed, answered.message) == ("", True, "fine")
    assert answered.failed("late") is answered
    assert answered.taken(MORNING) is answered


def test_a_service_that_will_answer_later_has_no_problem_any_more() -> None:
    taken = ASKED.failed("it answered 500").taken(MORNING)
    assert (taken.problem, taken.taken_at, taken.answered_at) == ("", MORNING, None)
