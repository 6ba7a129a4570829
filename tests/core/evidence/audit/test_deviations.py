from __future__ import annotations

from typing import Any

import pytest

from core.evidence.audit.deviations import Deviation, DeviationKind, deviations_of
from tests.core.evidence.audit.cases import POLICY, case, content, gate, vote

EXEMPTION = {"byId": "x", "byName": "Erin", "reason": "It is down", "grantedAt": "x", "until": "2026-03-02T11:00:00Z"}
FINDING = {"id": "CVE-1", "severity": "critical", "package": "xz", "version": "5.6", "fixedVersion": ""}
WAIVED = FINDING | {"waiverId": "w", "waivedBy": "Wendy", "reason": "ours", "until": "2026-04-01T00:00:00Z"}
STATED = FINDING | {"author": "", "submittedBy": "ci", "justification": "not_in_path", "explanation": "Checked"}


def kinds(*gates: dict[str, Any], **given: Any) -> list[DeviationKind]:
    return [each.kind for each in deviations_of(case(votes=(vote(2),), gates=gates, **given))]


def test_a_lifted_freeze_says_who_why_and_until_when() -> None:
    frozen = gate("freeze-window-gate", message="Frozen; lifted", details={"exemption": EXEMPTION})
    (found,) = deviations_of(case(votes=(vote(2),), gates=(frozen,)))
    assert found == Deviation(
        DeviationKind.FREEZE_LIFTED, "freeze-window-gate", "Erin", "It is down", EXEMPTION["until"], "Frozen; lifted"
    )


def test_findings_that_were_left_out_are_named_one_by_one() -> None:
    details = {"waived": [WAIVED], "vex": [STATED]}
    waived, stated = deviations_of(case(votes=(vote(2),), gates=(gate(details=details),)))
    assert (waived.who, waived.reason, waived.detail) == ("Wendy", "ours", "CVE-1 in xz 5.6 (critical)")
    assert (stated.who, stated.reason) == ("ci", "not_in_path, Checked")


def test_findings_that_a_packet_only_counts_are_counted() -> None:
    inputs = {"takenOut": {"waived": {"count": 23, "findings": []}}}
    *_, more = deviations_of(case(gates=(gate(details={"waived": [WAIVED] * 20}, inputs=inputs),)))
    assert more.detail == "and 3 more findings"


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (gate(passed=False), [DeviationKind.ADVISORY_GATE_FAILED]),
        (gate(passed=False, blocking=True), []),
        (
            gate("freeze-window-gate", details={"staleCalendars": [{"name": "company"}]}),
            [DeviationKind.STALE_CALENDAR_IGNORED],
        ),
        (gate("a-plug-in", details={"exemption": "yes", "staleCalendars": 3, "waived": "all", "vex": [1]}), []),
        (gate(details=None), []),
        (gate(), []),
    ],
)
def test_what_is_an_exception_and_what_is_none(made: dict[str, Any], expected: list[DeviationKind]) -> None:
    assert kinds(made) == expected


def test_nothing_was_made_use_of_where_nothing_was_let_through() -> None:
    lifted = gate("freeze-window-gate", details={"exemption": EXEMPTION})
    assert kinds(lifted, status="rejected") == []


def test_the_built_in_policy_is_told() -> None:
    from core.evidence.audit.case import Case

    made = content() | {"policies": [POLICY | {"id": None, "name": "default-policy", "requiredApprovals": 1}]}
    (found,) = deviations_of(Case.of(made))
    assert (found.kind, found.detail) == (DeviationKind.NO_POLICY, "default-policy: 1 approval")
