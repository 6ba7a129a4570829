"""Promotions, policies and people to talk about, each with one obvious default."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.domain.environment import EnvironmentRef
from core.domain.gate_result import GateResult
from core.domain.people import ActorKind, ActorRef, Person
from core.domain.policy import ApprovalPolicy, Electorate, GroupRef
from core.domain.promotion import OPEN, Promotion, Status, Vote, VoteChoice
from tests.support.clock import MORNING, nth_id

MANAGERS = GroupRef(nth_id(0x61), "release-managers")
SRES = GroupRef(nth_id(0x62), "sre-team")

ALICE = Person(nth_id(0xA), "alice@example.com", "Alice")
BOB = Person(nth_id(0xB), "bob@example.com", "Bob")
CAROL = Person(nth_id(0xC), "carol@example.com", "Carol")
DAVE = Person(nth_id(0xD), "dave@example.com", "Dave")

ALICE_REF = ActorRef(ActorKind.PERSON, ALICE.id, ALICE.name)
BOB_REF = ActorRef(ActorKind.PERSON, BOB.id, BOB.name)
CI_REF = ActorRef(ActorKind.SERVICE, nth_id(0xC1), "ci")

ALL_VOTE = Electorate({MANAGERS.id: {ALICE.id, BOB.id, CAROL.id, DAVE.id}, SRES.id: {CAROL.id}}, {})

PASSING = GateResult("security-gate", True, False, "Within thresholds", {})
BLOCKING = GateResult("security-gate", False, True, "3 critical vulnerabilities exceed threshold (max: 0)", {})
ADVISORY = GateResult("license-gate", False, False, "2 unknown licences", {})


def a_policy(required: int = 2, *groups: GroupRef, **changes: Any) -> ApprovalPolicy:
    return ApprovalPolicy(
        id=nth_id(0x70),
        name="production-policy",
        environment_id=nth_id(0xE2),
        required_approvals=required,
        approver_groups=groups or (MANAGERS,),
        **changes,
    )


def a_promotion(status: Status = Status.PENDING, **changes: Any) -> Promotion:
    """A request of Alice's in that status, decided by Bob an hour later where it is no longer open."""
    promotion = Promotion(
        id=nth_id(1),
        release_id=nth_id(2),
        release_name="shop-1.4.0",
        component="shop",
        source=EnvironmentRef(nth_id(0xE1), "Staging"),
        target=EnvironmentRef(nth_id(0xE2), "Production"),
        reason="Fixes the login",
        requested_by=ALICE_REF,
        requested_at=MORNING,
        policies=(a_policy(),),
        separation_of_duties=True,
        expires_at=MORNING + timedelta(hours=24),
        status=status,
    )
    if status not in OPEN:
        promotion = replace(promotion, decided_at=MORNING + timedelta(hours=1), decided_by=BOB_REF)
    return replace(promotion, **changes)


def a_vote(person: Person, choice: VoteChoice = VoteChoice.APPROVED) -> Vote:
    return Vote(person.id, person.name, choice, "", MORNING + timedelta(minutes=5), "slack")
