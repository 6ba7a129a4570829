"""The life cycle, pair by pair, against a table written here by hand from the design and not from the code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.policy import Electorate
from core.domain.promotion import (
    OPEN,
    TRANSITIONS,
    CloseReason,
    Promotion,
    Status,
    Step,
    VoteChoice,
    expiry,
)
from core.domain.release import DeploymentStatus
from core.errors import AlreadyDecidedError, ConflictError, TransitionError
from tests.core.domain.samples import (
    ADVISORY,
    ALICE,
    ALL_VOTE,
    BLOCKING,
    BOB,
    BOB_REF,
    CAROL,
    CI_REF,
    DAVE,
    MANAGERS,
    PASSING,
    SRES,
    a_policy,
    a_promotion,
    a_vote,
)
from tests.support.clock import MORNING

LATER = MORNING + timedelta(hours=2)

STEPS: dict[str, Callable[[Promotion], Promotion]] = {
    "gates pass": lambda promotion: promotion.with_gates((PASSING,), LATER),
    "approve": lambda promotion: promotion.approve(BOB_REF, LATER),
    "reject": lambda promotion: promotion.reject(BOB_REF, LATER, "no"),
    "cancel": lambda promotion: promotion.cancel(CloseReason.BY_REQUESTER, BOB_REF, LATER),
    "expire": lambda promotion: promotion.expire(),
    "deploying": lambda promotion: promotion.deploy(DeploymentStatus.DEPLOYING),
    "deployed": lambda promotion: promotion.deploy(DeploymentStatus.DEPLOYED),
    "failed": lambda promotion: promotion.deploy(DeploymentStatus.FAILED),
    "rolled_back": lambda promotion: promotion.deploy(DeploymentStatus.ROLLED_BACK),
}

ALLOWED = {
    ("pending", "gates pass"): "awaiting_approval",
    ("pending", "reject"): "rejected",
    ("pending", "cancel"): "cancelled",
    ("pending", "expire"): "cancelled",
    # Looking at the gates again leaves what awaits approval where it is.
    ("awaiting_approval", "gates pass"): "awaiting_approval",
    ("awaiting_approval", "approve"): "approved",
    ("awaiting_approval", "reject"): "rejected",
    ("awaiting_approval", "cancel"): "cancelled",
    ("awaiting_approval", "expire"): "cancelled",
    ("approved", "deploying"): "deploying",
    ("deploying", "deployed"): "deployed",
    ("deploying", "failed"): "failed",
    ("deploying", "rolled_back"): "rolled_back",
    ("deployed", "rolled_back"): "rolled_back",
    ("failed", "rolled_back"): "rolled_back",
}

DECIDES = {"gates pass", "reject", "cancel", "expire"}
"""The steps that a decided promotion answers with who decided and when."""


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", Status)
def test_every_status_takes_exactly_the_steps_of_the_life_cycle(status: Status, step: str) -> None:
    promotion = a_promotion(status)
    expected = ALLOWED.get((status.value, step))

    if expected is not None:
        moved = STEPS[step](promotion)
        assert moved.status == expected
        assert promotion.status is status, "the promotion itself never changes"
        return
    refusal = AlreadyDecidedError if step in DECIDES and status not in OPEN else TransitionError
    with pytest.raises(ConflictError) as caught:
        STEPS[step](promotion)
    assert type(caught.value) is refusal
    assert caught.value.params["status"] == status.value


def test_the_transition_table_leads_nowhere_that_the_design_does_not() -> None:
    words = {"pass_gates": "gates pass"}
    table = {(status.value, words.get(step, step.value)): to.value for (status, step), to in TRANSITIONS.items()}
    by_hand = {pair: to for pair, to in ALLOWED.items() if pair[1] != "expire" and pair[0] != to}

    assert table == by_hand


def test_the_transition_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        TRANSITIONS[Status.REJECTED, Step.APPROVE] = Status.APPROVED  # type: ignore[index]


def test_no_status_that_ends_a_promotion_has_a_way_out() -> None:
    ways_out = {status for status, _ in TRANSITIONS}

    assert set(Status) - ways_out == {Status.REJECTED, Status.CANCELLED, Status.ROLLED_BACK}


def test_a_blocking_gate_keeps_a_pending_promotion_where_it_is_and_is_remembered() -> None:
    looked_at = a_promotion().with_gates((PASSING, BLOCKING), LATER)

    assert looked_at.status is Status.PENDING
    assert looked_at.gates == (PASSING, BLOCKING)
    assert looked_at.evaluated_at == LATER


def test_an_advisory_gate_that_fails_holds_nothing_back() -> None:
    assert a_promotion().with_gates((ADVISORY,), LATER).status is Status.AWAITING_APPROVAL


def test_a_gate_that_blocks_later_does_not_take_the_promotion_back_to_pending() -> None:
    assert a_promotion(Status.AWAITING_APPROVAL).with_gates((BLOCKING,), LATER).status is Status.AWAITING_APPROVAL


def test_an_approval_remembers_who_decided_and_when() -> None:
    approved = a_promotion(Status.AWAITING_APPROVAL).approve(BOB_REF, LATER)

    assert (approved.decided_by, approved.decided_at, approved.close_reason) == (BOB_REF, LATER, None)


def test_a_rejection_keeps_its_reason() -> None:
    rejected = a_promotion().reject(BOB_REF, LATER, "Not before the audit")

    assert (rejected.decided_by, rejected.decided_at) == (BOB_REF, LATER)
    assert (rejected.close_reason, rejected.close_comment) == (None, "Not before the audit")


def test_an_expiry_is_dated_when_the_time_was_over_whenever_it_was_noticed() -> None:
    promotion = a_promotion(Status.AWAITING_APPROVAL)

    expired = promotion.expire()

    assert expired.decided_at == promotion.expires_at
    assert expired.close_reason is CloseReason.EXPIRED
    assert expired.decided_by is not None
    assert expired.decided_by.name == "Countersign"


def test_a_promotion_without_a_time_limit_cannot_expire() -> None:
    unlimited = a_promotion(expires_at=None)

    assert not unlimited.expired_at(MORNING + timedelta(days=9999))
    with pytest.raises(TransitionError):
        unlimited.expire()


def test_the_last_moment_before_the_limit_still_counts_and_the_limit_itself_does_not() -> None:
    promotion = a_promotion()
    assert promotion.expires_at is not None

    assert not promotion.expired_at(promotion.expires_at - timedelta(microseconds=1))
    assert promotion.expired_at(promotion.expires_at)


@pytest.mark.parametrize("status", sorted(set(Status) - OPEN))
def test_what_is_decided_never_expires(status: Status) -> None:
    assert not a_promotion(status).expired_at(MORNING + timedelta(days=99))


def test_the_shortest_limit_of_all_policies_holds() -> None:
    limits = (None, 48, 24)

    assert expiry(tuple(a_policy(auto_expire_hours=hours) for hours in limits), MORNING) == MORNING + timedelta(days=1)
    assert expiry((a_policy(),), MORNING) is None


@pytest.mark.parametrize("status", sorted(set(Status) - OPEN))
def test_a_vote_on_what_is_decided_is_refused_with_who_decided_and_when(status: Status) -> None:
    with pytest.raises(AlreadyDecidedError) as caught:
        a_promotion(status).with_vote(a_vote(CAROL))

    assert caught.value.params["decidedBy"] == "Bob"
    assert caught.value.params["decidedAt"] == "2026-03-02T10:00:00Z"
    assert "by Bob at 2026-03-02T10:00:00Z" in caught.value.message


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        (CloseReason.EXPIRED, "expired"),
        (CloseReason.SUPERSEDED, "superseded"),
        (CloseReason.BY_REQUESTER, "cancelled"),
        (CloseReason.BY_ADMIN, "cancelled"),
    ],
)
def test_the_outcome_of_a_closed_promotion_is_said_in_a_word_that_tells_why(reason: CloseReason, word: str) -> None:
    assert a_promotion(Status.CANCELLED, close_reason=reason).outcome == word


def test_the_outcome_of_other_promotions_is_their_status_in_words() -> None:
    assert a_promotion(Status.ROLLED_BACK).outcome == "rolled back"


def test_two_votes_of_one_person_count_once() -> None:
    twice = a_promotion().with_vote(a_vote(BOB)).with_vote(a_vote(BOB))

    assert twice.quorum(ALL_VOTE).approvals == 1


def test_a_rejection_is_no_approval() -> None:
    assert a_promotion().with_vote(a_vote(BOB, VoteChoice.REJECTED)).quorum(ALL_VOTE).approvals == 0


def test_under_separation_of_duties_a_stored_vote_of_the_requester_counts_for_nothing() -> None:
    voted = a_promotion().with_vote(a_vote(ALICE)).with_vote(a_vote(BOB))

    assert voted.quorum(ALL_VOTE).approvals == 1
    assert replace(voted, separation_of_duties=False).quorum(ALL_VOTE).approvals == 2


def test_a_service_account_that_requests_takes_nobodys_vote_away() -> None:
    asked = a_promotion(requested_by=CI_REF)

    assert asked.may_still_approve(ALL_VOTE) == {ALICE.id, BOB.id, CAROL.id, DAVE.id}


def test_a_vote_counts_only_while_its_person_is_in_the_electorate() -> None:
    voted = a_promotion().with_vote(a_vote(BOB))

    assert voted.quorum(ALL_VOTE).approvals == 1
    assert voted.quorum(Electorate({MANAGERS.id: {CAROL.id}}, {})).approvals == 0
    assert voted.quorum(Electorate({}, {})).approvals == 0


def test_those_who_may_still_approve_are_neither_the_requester_nor_have_they_voted() -> None:
    assert a_promotion().with_vote(a_vote(BOB)).may_still_approve(ALL_VOTE) == {CAROL.id, DAVE.id}


def test_a_policy_that_is_satisfied_asks_nobody_any_more() -> None:
    both = a_promotion(policies=(a_policy(1, MANAGERS), a_policy(1, SRES)))

    assert both.may_still_approve(ALL_VOTE) == {BOB.id, CAROL.id, DAVE.id}
    assert both.with_vote(a_vote(BOB)).may_still_approve(ALL_VOTE) == {CAROL.id}


def test_where_votes_count_again_that_did_not_everybody_left_may_give_the_vote_that_decides() -> None:
    """Bob voted and left the group; Dave's vote then was not enough; Bob came back: no vote has decided yet."""
    voted = a_promotion().with_vote(a_vote(BOB)).with_vote(a_vote(DAVE))

    assert voted.quorum(ALL_VOTE).met
    assert voted.may_still_approve(ALL_VOTE) == {CAROL.id}


def test_where_gates_alone_decide_nobody_is_asked() -> None:
    assert a_promotion(policies=(a_policy(0, MANAGERS),)).may_still_approve(ALL_VOTE) == frozenset()


@pytest.mark.parametrize("status", sorted(set(Status) - OPEN))
def test_nobody_may_approve_what_is_decided(status: Status) -> None:
    assert a_promotion(status).may_still_approve(ALL_VOTE) == frozenset()
