from __future__ import annotations

from dataclasses import replace

from core.domain.gate_result import blocking, same_findings
from tests.core.domain.samples import ADVISORY, BLOCKING, PASSING


def test_only_gates_that_are_enforced_and_did_not_pass_hold_a_promotion_back() -> None:
    assert blocking((PASSING, ADVISORY, BLOCKING)) == (BLOCKING,)
    assert blocking(()) == ()


def test_other_inputs_are_no_other_finding_and_anything_else_is() -> None:
    later = replace(PASSING, inputs={"at": "2026-03-02T09:00:30Z"}, inputs_digest="sha256:ab")

    assert same_findings((later, BLOCKING), (PASSING, BLOCKING))
    assert not same_findings((PASSING,), (PASSING, BLOCKING))
    assert not same_findings((replace(PASSING, settings={"maxHigh": 9}),), (PASSING,))
    assert not same_findings((replace(PASSING, message="Still within thresholds"),), (PASSING,))
