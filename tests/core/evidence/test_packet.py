"""Evidence repeats what was decided: nothing left out, nothing that was not so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.domain.people import SYSTEM_REF
from core.domain.policy import DEFAULT_POLICY, Electorate
from core.domain.promotion import CloseReason, Promotion, Status, Vote, VoteChoice
from core.domain.release import Artifact, Release
from core.evidence.canonical import canonical, content_hash
from core.evidence.envelope import REPEATED_FIELDS, seal
from core.evidence.packet import decision_content
from core.evidence.verification import verify
from tests.core.app.room import Room
from tests.core.domain.samples import (
    ALICE,
    ALL_VOTE,
    BLOCKING,
    BOB,
    BOB_REF,
    CAROL,
    CI_REF,
    MANAGERS,
    PASSING,
    SRES,
    a_policy,
    a_promotion,
    a_vote,
)
from tests.core.evidence.samples import SIGNER, ring
from tests.support.clock import MORNING, nth_id

DIGEST = "sha256:" + "ab" * 32
RELEASE = Release(
    nth_id(2),
    "shop-1.4.0",
    "shop",
    "1.4.0",
    MORNING,
    artifacts=(Artifact("shop", DIGEST),),
    authors=("dev@example.com",),
    source_ref="git:4f2a",
)
DECIDED = replace(
    a_promotion(Status.APPROVED, policies=(a_policy(2, MANAGERS, SRES, auto_expire_hours=24),)),
    gates=(PASSING,),
    evaluated_at=MORNING + timedelta(minutes=59),
    votes=(replace(a_vote(BOB), comment="LGTM"), a_vote(CAROL)),
)


def content(promotion: Promotion = DECIDED, electorate: Electorate = ALL_VOTE) -> Any:
    return decision_content(promotion, RELEASE, electorate)


def test_the_promotion_is_there_with_its_decision_and_times() -> None:
    assert content()["promotion"] == {
        "id": str(nth_id(1)),
        "status": "approved",
        "decision": "allow",
        "reason": "Fixes the login",
        "requestedAt": "2026-03-02T09:00:00Z",
        "expiresAt": "2026-03-03T09:00:00Z",
        "decidedAt": "2026-03-02T10:00:00Z",
        "closeReason": None,
        "closeComment": "",
        "separationOfDuties": True,
        "gatesEvaluatedAt": "2026-03-02T09:59:00Z",
    }


def test_the_actors_are_those_who_asked_and_who_decided() -> None:
    assert content()["actors"] == {
        "requestedBy": {"kind": "person", "id": str(ALICE.id), "name": "Alice"},
        "decidedBy": {"kind": "person", "id": str(BOB.id), "name": "Bob"},
    }


def test_a_program_is_called_a_service_and_the_system_has_no_id() -> None:
    actors = content(replace(DECIDED, requested_by=CI_REF, decided_by=SYSTEM_REF))["actors"]

    assert actors["requestedBy"]["kind"] == "service"
    assert actors["decidedBy"] == {"kind": "system", "id": None, "name": "Countersign"}


def test_the_release_is_there_with_its_artifacts_by_digest() -> None:
    assert content()["release"] == {
        "id": str(RELEASE.id),
        "name": "shop-1.4.0",
        "component": "shop",
        "version": "1.4.0",
        "sourceRef": "git:4f2a",
        "changesUrl": "",
        "authors": ["dev@example.com"],
        "artifacts": [{"name": "shop", "digest": DIGEST}],
    }


def test_the_environments_are_those_it_was_asked_for() -> None:
    assert content()["environments"] == {
        "source": {"id": str(nth_id(0xE1)), "name": "Staging"},
        "target": {"id": str(nth_id(0xE2)), "name": "Production"},
    }
    assert content(replace(DECIDED, source=None))["environments"]["source"] is None


def test_every_policy_is_there_with_its_digest_and_how_far_it_was_satisfied() -> None:
    (policy,) = content()["policies"]

    assert policy == {
        "id": str(nth_id(0x70)),
        "name": "production-policy",
        "digest": DECIDED.policies[0].digest,
        "requiredApprovals": 2,
        "approvalCount": 2,
        "approverGroups": ["release-managers", "sre-team"],
        "approverRoles": [],
        "requireSeparationOfDuties": True,
        "autoExpireHours": 24,
    }


def test_the_fallback_is_named_by_its_roles() -> None:
    (policy,) = content(replace(DECIDED, policies=(DEFAULT_POLICY,)))["policies"]

    assert (policy["id"], policy["name"], policy["approverRoles"]) == (None, "default-policy", ["admin", "approver"])


def test_a_vote_that_did_not_count_is_shown_and_not_counted() -> None:
    without_bob = Electorate({MANAGERS.id: {CAROL.id}}, {})

    found = content(electorate=without_bob)

    assert found["policies"][0]["approvalCount"] == 1
    assert [vote["approverName"] for vote in found["approvals"]] == ["Bob", "Carol"]


def test_the_votes_are_in_the_words_of_the_api_document() -> None:
    first, second = content()["approvals"]

    assert first == {
        "approverId": str(BOB.id),
        "approverName": "Bob",
        "decision": "approved",
        "comment": "LGTM",
        "approvedAt": "2026-03-02T09:05:00Z",
        "door": "slack",
        "seenDigest": None,
    }
    assert second["approverName"] == "Carol"


def test_the_gates_are_there_with_what_they_saw() -> None:
    seen = replace(
        BLOCKING,
        details={"criticalCount": 3, "maxCritical": 0},
        settings={"maxCritical": 0},
        inputs={"scanReport": {"criticalCount": 3}},
        inputs_digest="sha256:ab",
    )

    assert content(replace(DECIDED, gates=(seen,)))["gates"] == [
        {
            "gateName": "security-gate",
            "passed": False,
            "blocking": True,
            "message": "3 critical vulnerabilities exceed threshold (max: 0)",
            "details": {"criticalCount": 3, "maxCritical": 0},
            "settings": {"maxCritical": 0},
            "inputs": {"scanReport": {"criticalCount": 3}},
            "inputsDigest": "sha256:ab",
        }
    ]


@pytest.mark.parametrize("reason", CloseReason)
def test_a_closed_promotion_says_why(reason: CloseReason) -> None:
    closed = replace(DECIDED, status=Status.CANCELLED, close_reason=reason, close_comment="Wrong version")

    found = content(closed)["promotion"]

    assert (found["decision"], found["closeReason"], found["closeComment"]) == ("deny", reason.value, "Wrong version")


def test_a_rejection_is_a_denial_with_the_vote_that_made_it() -> None:
    vote = Vote(BOB.id, BOB.name, VoteChoice.REJECTED, "Not today", MORNING, "rest")
    rejected = a_promotion(Status.AWAITING_APPROVAL).with_vote(vote).reject(BOB_REF, MORNING, "Not today")

    found = content(rejected)

    assert found["promotion"]["decision"] == "deny"
    assert [(each["decision"], each["comment"]) for each in found["approvals"]] == [("rejected", "Not today")]


def test_a_promotion_that_was_never_evaluated_has_no_gates_and_no_time_of_them() -> None:
    found = content(a_promotion(Status.CANCELLED, expires_at=None))

    assert (found["gates"], found["promotion"]["gatesEvaluatedAt"], found["promotion"]["expiresAt"]) == ([], None, None)


def test_the_content_leaves_the_outer_fields_to_sealing_and_has_bytes_of_its_own() -> None:
    assert not set(REPEATED_FIELDS.values()) & content().keys()
    assert canonical(content())


def test_what_is_sealed_verifies() -> None:
    packet = seal(content(), SIGNER, packet_id=nth_id(9), promotion_id=nth_id(1), generated_at=MORNING)

    assert verify(packet.to_file(), ring()).ok


async def test_the_evidence_of_a_whole_journey_repeats_what_was_stored() -> None:
    room = await Room().furnish()
    await room.scan(room.release, high=3)
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id, "Looks good")
    room.clock.advance(minutes=10)
    await room.approve("sam", promotion.id, 'Zoë says "ja" 😀\nreally')

    packet, stored = room.evidence(promotion.id), room.stored(promotion.id)
    assert packet is not None
    assert verify(packet.to_file(), ring()).ok
    found = packet.content
    assert found["promotion"]["id"] == str(promotion.id)
    assert found["promotion"]["decidedAt"] == found["generatedAt"] == "2026-03-02T09:10:00Z"
    assert found["policies"][0]["digest"] == stored.policies[0].digest == room.policy.digest
    assert [gate["details"] for gate in found["gates"]] == [gate.details for gate in stored.gates]
    assert [gate["inputs"] for gate in found["gates"]] == [gate.inputs for gate in stored.gates]
    assert [gate["inputsDigest"] for gate in found["gates"]] == [
        content_hash(canonical(gate.inputs)) for gate in stored.gates
    ]
    assert [(vote["approverId"], vote["comment"]) for vote in found["approvals"]] == [
        (str(vote.person_id), vote.comment) for vote in stored.votes
    ]
    assert found["release"]["artifacts"] == [
        {"name": each.name, "digest": each.digest} for each in room.release.artifacts
    ]
