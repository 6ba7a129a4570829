from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evidence.audit.reviewed import review
from tests.core.evidence.audit.cases import case, moment, person, vote

BOB = person(2)["id"]


@pytest.mark.parametrize(
    ("voted", "told", "quick"),
    [
        (9, None, True),
        (10, None, False),
        (0, None, True),
        (3600, 3591, True),
        (3600, 3590, False),
        (9, 9, True),
        (3600, 3601, False),
    ],
)
def test_a_vote_is_quick_by_the_message_or_else_by_the_request(voted: int, told: int | None, quick: bool) -> None:
    messages = {} if told is None else {BOB: moment(told)}
    reviewed = review(case(votes=(vote(2, voted),)), messages)
    assert bool(reviewed.quick) is quick


def test_what_somebody_else_was_told_does_not_matter() -> None:
    reviewed = review(case(votes=(vote(2, 3600),)), {person(3)["id"]: moment(3599)})
    (timed,) = reviewed.ballots
    assert (timed.told_at, timed.after_told, timed.quick) == (None, None, False)


@given(st.integers(0, 10**6), st.one_of(st.none(), st.integers(0, 10**6)))
def test_the_message_never_makes_the_wait_longer(voted: int, told: int | None) -> None:
    (timed,) = review(case(votes=(vote(2, voted),)), {} if told is None else {BOB: moment(told)}).ballots
    assert timed.after_told is None or timed.after_told <= timed.after_request
    assert timed.after_request.total_seconds() == voted
