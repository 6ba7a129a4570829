from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain.decision import Decision, decision_of, decision_record
from core.domain.promotion import Status
from tests.core.domain.samples import BOB, PASSING, a_promotion, a_vote

MEANS = {
    Status.PENDING: "pending",
    Status.AWAITING_APPROVAL: "pending",
    Status.APPROVED: "allow",
    Status.REJECTED: "deny",
    Status.CANCELLED: "deny",
    # Once allowed, whatever becomes of the deployment does not turn it into a denial.
    Status.DEPLOYING: "allow",
    Status.DEPLOYED: "allow",
    Status.FAILED: "allow",
    Status.ROLLED_BACK: "allow",
}


@pytest.mark.parametrize("status", Status)
def test_every_status_means_a_decision(status: Status) -> None:
    assert decision_of(a_promotion(status)) == MEANS[status]


def test_the_record_repeats_what_was_decided_on_which_gates_and_by_whom() -> None:
    decided = replace(a_promotion(Status.APPROVED), gates=(PASSING,), votes=(a_vote(BOB),))

    record = decision_record(decided)

    assert (record.promotion_id, record.decision) == (decided.id, Decision.ALLOW)
    assert (record.decided_at, record.gates, record.approvals) == (decided.decided_at, (PASSING,), (a_vote(BOB),))


def test_the_record_of_an_undecided_promotion_has_no_time() -> None:
    record = decision_record(a_promotion())

    assert (record.decision, record.decided_at) == (Decision.PENDING, None)
