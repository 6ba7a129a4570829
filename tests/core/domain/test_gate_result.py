from __future__ import annotations

from core.domain.gate_result import blocking
from tests.core.domain.samples import ADVISORY, BLOCKING, PASSING


def test_only_gates_that_are_enforced_and_did_not_pass_hold_a_promotion_back() -> None:
    assert blocking((PASSING, ADVISORY, BLOCKING)) == (BLOCKING,)
    assert blocking(()) == ()
