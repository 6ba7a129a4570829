"""What counts as the same before a voter's eyes, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.domain.gate_result import GateResult
from core.domain.promotion import Promotion, Status
from core.domain.seen import GateChange, gate_changes, gates_seen, seen_digest
from tests.core.domain.samples import ALICE, BLOCKING, PASSING, a_policy, a_promotion, a_vote
from tests.support.clock import MORNING, nth_id

FOUND = {"id": "CVE-1", "waiverId": str(nth_id(2)), "package": "zlib"}
COUNTS = {"criticalCount": 0, "highCount": 3, "scanReportId": str(nth_id(1)), "found": [FOUND]}
SCANNED = GateResult("security-gate", True, False, "Within thresholds: 0 critical, 3 high", COUNTS)


def promotion(*gates: GateResult, **changes: Any) -> Promotion:
    return a_promotion(Status.AWAITING_APPROVAL, gates=gates or (SCANNED,), **changes)


def facts(**changes: Any) -> GateResult:
    return replace(SCANNED, details={**COUNTS, **changes})


def test_it_is_a_sha_256_that_every_replica_works_out_alike() -> None:
    digest = seen_digest(promotion())
    assert digest == seen_digest(promotion()) and len(digest) == len("sha256:") + 64


@pytest.mark.parametrize(
    "same",
    [
        promotion(facts(scanReportId=str(nth_id(5)))),
        promotion(facts(found=[FOUND | {"waiverId": str(nth_id(6))}])),
        promotion(
            facts(
                checkedAt="2026-01-10T14:00:00Z",
                reportUrl="https://scan.example/2",
                id=str(nth_id(7)),
                reportIds=[str(nth_id(8))],
            )
        ),
        promotion(evaluated_at=MORNING + timedelta(hours=1)),
        promotion(votes=(a_vote(ALICE),), version=7),
    ],
    ids=["newer report", "record inside", "moments and links", "looked at again", "a vote more"],
)
def test_a_harmless_refresh_is_no_drift(same: Promotion) -> None:
    assert seen_digest(same) == seen_digest(promotion())


def test_the_order_of_gates_is_no_drift() -> None:
    other = replace(PASSING, gate_name="a-gate")
    assert seen_digest(promotion(other, SCANNED)) == seen_digest(promotion(SCANNED, other))


@pytest.mark.parametrize(
    "other",
    [
        promotion(facts(highCount=4)),
        promotion(facts(found=[FOUND | {"package": "openssl"}])),
        promotion(facts(found=[FOUND | {"id": "CVE-2"}])),
        promotion(facts(platform="arm64")),
        promotion(replace(SCANNED, message="Within thresholds")),
        promotion(replace(SCANNED, passed=False)),
        promotion(replace(SCANNED, passed=False, blocking=True)),
        promotion(SCANNED, replace(PASSING, gate_name="another-gate")),
        promotion(artifacts_digest="sha256:" + "a" * 64),
        promotion(policies=(a_policy(1),)),
        promotion(separation_of_duties=False),
        promotion(id=nth_id(9)),
    ],
    ids=[
        "count",
        "inside",
        "vulnerability",
        "fact",
        "message",
        "result",
        "blocks",
        "gate",
        "artifacts",
        "policy",
        "duties",
        "another",
    ],
)
def test_what_a_person_decides_by_is(other: Promotion) -> None:
    assert seen_digest(other) != seen_digest(promotion())


def test_changes_say_what_a_gate_said_and_what_it_says() -> None:
    worse = replace(SCANNED, message="Within thresholds: 0 critical, 5 high")
    new, gone = replace(PASSING, gate_name="new-gate"), replace(PASSING, gate_name="old-gate")
    changes = gate_changes(gates_seen((SCANNED, gone)), gates_seen((new, worse)))
    assert changes == (
        GateChange("new-gate", "not checked", "passed: Within thresholds"),
        GateChange("old-gate", "passed: Within thresholds", "not checked"),
        GateChange("security-gate", f"passed: {SCANNED.message}", f"passed: {worse.message}"),
    )
    assert gate_changes(gates_seen((SCANNED,)), gates_seen((facts(scanReportId=str(nth_id(9))),))) == ()


def test_other_facts_under_the_same_words_are_told_as_such() -> None:
    (change,) = gate_changes(gates_seen((SCANNED,)), gates_seen((facts(highCount=4),)))
    assert change.after == f"passed: {SCANNED.message} (on other facts)"
    (held,) = gate_changes(gates_seen((PASSING,)), gates_seen((BLOCKING,)))
    assert held.after.startswith("blocks: 3 critical")
