"""What a promotion remembers survives JSON."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as some

from bot.db.snapshots import gates_from, gates_json, policies_from, policies_json
from core.domain.gate_result import GateResult
from core.domain.policy import DEFAULT_POLICY, ApprovalPolicy, GroupRef
from tests.bot.db.samples import POLICY

_names = some.text(some.characters(categories=["L", "N"]), min_size=1, max_size=20)
_groups = some.lists(some.builds(GroupRef, some.uuids(), _names), min_size=1, max_size=3).map(tuple)
_policies = some.builds(
    ApprovalPolicy,
    id=some.uuids(),
    name=_names,
    environment_id=some.uuids(),
    required_approvals=some.integers(0, 100),
    approver_groups=_groups,
    require_separation_of_duties=some.booleans(),
    auto_expire_hours=some.none() | some.integers(1, 1000),
)
_details = some.dictionaries(some.text(), some.none() | some.booleans() | some.integers() | some.text(), max_size=4)
_results = some.builds(
    GateResult,
    some.text(),
    some.booleans(),
    some.booleans(),
    some.text(),
    _details,
    settings=_details,
    inputs=_details,
    inputs_digest=some.text(),
)


@given(some.lists(_policies, max_size=3).map(tuple))
def test_policies_come_back_equal(policies: tuple[ApprovalPolicy, ...]) -> None:
    assert policies_from(json.loads(json.dumps(policies_json(policies)))) == policies


def test_so_does_the_default_policy_with_its_roles() -> None:
    both = (DEFAULT_POLICY, POLICY)
    assert policies_from(json.loads(json.dumps(policies_json(both)))) == both
    assert [policy.digest for policy in policies_from(policies_json(both))] == [policy.digest for policy in both]


@given(some.lists(_results, max_size=3).map(tuple))
def test_gate_results_come_back_equal(results: tuple[GateResult, ...]) -> None:
    assert gates_from(json.loads(json.dumps(gates_json(results)))) == results
