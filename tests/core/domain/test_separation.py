from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain.people import SYSTEM, Actor, SlackAccount
from core.domain.policy import DEFAULT_POLICY, Electorate
from core.domain.promotion import VoteChoice
from core.domain.separation import refusal_to_act_as_voter, refusal_to_vote
from core.errors import AlreadyVotedError, DomainError, NotAVoterError, NotEligibleError, SeparationOfDutiesError
from tests.core.domain.samples import (
    ALICE,
    ALL_VOTE,
    BOB,
    BOB_REF,
    CAROL,
    CI_REF,
    MANAGERS,
    SRES,
    a_policy,
    a_promotion,
    a_vote,
)

APPROVED, REJECTED = VoteChoice.APPROVED, VoteChoice.REJECTED


def test_an_active_person_votes_through_any_door() -> None:
    assert refusal_to_act_as_voter(Actor(BOB_REF, "rest"), BOB) is None
    assert refusal_to_act_as_voter(Actor(BOB_REF, "slack", account=SlackAccount("T01", "U01")), BOB) is None


@pytest.mark.parametrize("actor", [SYSTEM, Actor(CI_REF, "rest")], ids=["system", "service"])
def test_programs_never_vote_whoever_they_claim_to_be(actor: Actor) -> None:
    refusal = refusal_to_act_as_voter(actor, BOB)

    assert isinstance(refusal, NotAVoterError)
    assert refusal.message.endswith("is not a person; only people vote")


def test_who_is_not_known_any_more_does_not_vote() -> None:
    assert isinstance(refusal_to_act_as_voter(Actor(BOB_REF, "rest"), None), NotAVoterError)


def test_who_is_deactivated_does_not_vote() -> None:
    refusal = refusal_to_act_as_voter(Actor(BOB_REF, "rest"), replace(BOB, active=False))

    assert isinstance(refusal, NotAVoterError)
    assert refusal.message == "Bob is deactivated and may not vote"


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("deleted", "is deactivated"),
        ("is_bot", "is a bot"),
        ("is_restricted", "is a guest"),
        ("is_stranger", "belongs to another organisation"),
        ("some_new_flag", "may not vote"),
    ],
)
def test_an_account_that_slack_flags_does_not_vote_and_is_told_why(flag: str, words: str) -> None:
    actor = Actor(BOB_REF, "slack", account=SlackAccount("T01", "U01", blocked_by=flag))

    refusal = refusal_to_act_as_voter(actor, BOB)

    assert isinstance(refusal, NotAVoterError)
    assert words in refusal.message
    assert refusal.params == {"flag": flag}


def test_who_is_a_guest_in_slack_votes_through_no_other_door_either() -> None:
    guest = replace(BOB, slack=(SlackAccount("T01", "U01", "is_restricted"),))

    assert isinstance(refusal_to_act_as_voter(Actor(BOB_REF, "rest"), guest), NotAVoterError)


def refusal_of(expected: DomainError | None) -> type[DomainError] | None:
    return type(expected) if expected else None


def test_the_requester_may_not_approve_but_may_reject() -> None:
    promotion = a_promotion()

    assert refusal_of(refusal_to_vote(promotion, ALICE, APPROVED, ALL_VOTE)) is SeparationOfDutiesError
    assert refusal_to_vote(promotion, ALICE, REJECTED, ALL_VOTE) is None


def test_without_separation_of_duties_the_requester_votes_as_everybody() -> None:
    promotion = a_promotion(separation_of_duties=False)

    assert refusal_to_vote(promotion, ALICE, APPROVED, ALL_VOTE) is None


def test_separation_of_duties_comes_before_eligibility_so_a_requester_hears_the_reason_that_stays() -> None:
    nobody = Electorate({}, {})

    assert refusal_of(refusal_to_vote(a_promotion(), ALICE, APPROVED, nobody)) is SeparationOfDutiesError
    assert refusal_of(refusal_to_vote(a_promotion(), ALICE, REJECTED, nobody)) is NotEligibleError


@pytest.mark.parametrize("choice", VoteChoice)
@pytest.mark.parametrize("again", VoteChoice)
def test_one_person_has_one_vote_whatever_it_was(choice: VoteChoice, again: VoteChoice) -> None:
    voted = a_promotion().with_vote(a_vote(BOB, choice))

    refusal = refusal_to_vote(voted, BOB, again, ALL_VOTE)

    assert isinstance(refusal, AlreadyVotedError)
    assert refusal.message == f"Bob has already {choice.value} this promotion"


def test_being_in_the_group_of_any_policy_is_enough_to_vote() -> None:
    promotion = a_promotion(policies=(a_policy(1, MANAGERS), a_policy(1, SRES)))
    only_sre = Electorate({SRES.id: {CAROL.id}}, {})

    assert refusal_to_vote(promotion, CAROL, APPROVED, only_sre) is None


def test_who_is_in_no_group_hears_which_groups_there_are() -> None:
    promotion = a_promotion(policies=(a_policy(1, SRES, MANAGERS),))

    refusal = refusal_to_vote(promotion, BOB, APPROVED, Electorate({}, {}))

    assert isinstance(refusal, NotEligibleError)
    assert refusal.message == "Bob is not in the approver groups release-managers, sre-team for Production"
    assert refusal.params == {"approverGroups": ["release-managers", "sre-team"]}


def test_where_no_group_is_named_the_refusal_speaks_of_approvers() -> None:
    refusal = refusal_to_vote(a_promotion(policies=(DEFAULT_POLICY,)), BOB, APPROVED, Electorate({}, {}))

    assert refusal is not None
    assert refusal.message == "Bob is not in the approvers for Production"
