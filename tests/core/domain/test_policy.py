from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from core.domain.people import Right
from core.domain.policy import (
    DEFAULT_POLICY,
    MAX_APPROVALS,
    MAX_EXPIRE_HOURS,
    MAX_GROUPS,
    ApprovalPolicy,
    ApproverGroup,
    Electorate,
    GroupRef,
    Quorum,
    quorum,
)
from core.errors import InvalidError
from tests.core.domain.samples import BOB, CAROL, DAVE, MANAGERS, SRES, a_policy
from tests.support.clock import nth_id

IN_BOTH = Electorate({MANAGERS.id: {BOB.id, CAROL.id}, SRES.id: {CAROL.id, DAVE.id}}, {Right.ADMIN: {DAVE.id}})


@pytest.mark.parametrize("required", [0, 1, MAX_APPROVALS])
def test_a_policy_may_ask_for_none_and_for_many(required: int) -> None:
    assert a_policy(required).required_approvals == required


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"required_approvals": -1}, "requiredApprovals"),
        ({"required_approvals": MAX_APPROVALS + 1}, "requiredApprovals"),
        ({"auto_expire_hours": 0}, "autoExpireHours"),
        ({"auto_expire_hours": MAX_EXPIRE_HOURS + 1}, "autoExpireHours"),
        ({"approver_groups": ()}, "approverGroups"),
        ({"approver_groups": tuple(GroupRef(nth_id(n), f"g{n}") for n in range(MAX_GROUPS + 1))}, "approverGroups"),
        ({"name": " "}, "name"),
        ({"name": "prod\u202epolicy"}, "name"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_by_the_name_of_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        replace(a_policy(), **changes)

    assert caught.value.field == field


def test_a_policy_that_asks_nobody_needs_no_group() -> None:
    policy = ApprovalPolicy(nth_id(1), "gates-only", nth_id(2), 0, ())

    assert policy.approver_groups == ()


@pytest.mark.parametrize("usergroup", ["s01", "C01", "S01\n", "S 1", "S" * 40])
def test_a_slack_user_group_is_named_by_its_id(usergroup: str) -> None:
    with pytest.raises(InvalidError) as caught:
        ApproverGroup(nth_id(1), "sre-team", slack_usergroup=usergroup)

    assert caught.value.field == "slackUsergroup"


def test_the_digest_is_over_the_terms_and_can_be_made_again_from_them() -> None:
    terms = {
        "name": "production-policy",
        "requiredApprovals": 2,
        "approverGroups": ["release-managers", "sre-team"],
        "approverRoles": [],
        "requireSeparationOfDuties": True,
        "autoExpireHours": 24,
    }
    expected = hashlib.sha256(json.dumps(terms, sort_keys=True).encode()).hexdigest()

    assert a_policy(2, SRES, MANAGERS, auto_expire_hours=24).digest == f"sha256:{expected}"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "other"},
        {"required_approvals": 1},
        {"approver_groups": (SRES,)},
        {"approver_roles": frozenset({Right.ADMIN})},
        {"require_separation_of_duties": False},
        {"auto_expire_hours": 5},
    ],
)
def test_every_term_is_in_the_digest(changes: dict[str, Any]) -> None:
    assert replace(a_policy(), **changes).digest != a_policy().digest


def test_the_order_of_groups_is_no_term() -> None:
    assert a_policy(2, MANAGERS, SRES).digest == a_policy(2, SRES, MANAGERS).digest


def test_the_fallback_asks_one_approver_or_admin_who_is_not_the_requester() -> None:
    assert DEFAULT_POLICY.required_approvals == 1
    assert DEFAULT_POLICY.require_separation_of_duties
    assert DEFAULT_POLICY.approver_roles == {Right.APPROVER, Right.ADMIN}
    assert DEFAULT_POLICY.auto_expire_hours is None


def test_those_who_count_for_a_policy_are_in_any_of_its_groups_or_have_its_roles() -> None:
    assert IN_BOTH.of(a_policy(2, MANAGERS, SRES)) == {BOB.id, CAROL.id, DAVE.id}
    assert IN_BOTH.of(DEFAULT_POLICY) == {DAVE.id}


def test_an_unknown_or_empty_group_approves_nothing() -> None:
    policy = a_policy(1, GroupRef(nth_id(99), "gone"))

    assert IN_BOTH.of(policy) == frozenset()
    assert not quorum((policy,), {BOB.id, CAROL.id}, IN_BOTH).met


def test_one_person_in_two_groups_of_a_policy_counts_once() -> None:
    assert quorum((a_policy(2, MANAGERS, SRES),), {CAROL.id}, IN_BOTH).approvals == 1


def test_one_person_counts_once_for_each_policy() -> None:
    reached = quorum((a_policy(1, MANAGERS), a_policy(1, SRES)), {CAROL.id}, IN_BOTH)

    assert (reached.approvals, reached.required, reached.met) == (2, 2, True)


def test_more_approvals_than_one_policy_asks_for_do_not_make_up_for_another() -> None:
    reached = quorum((a_policy(1, MANAGERS), a_policy(1, SRES)), {BOB.id}, IN_BOTH)

    assert (reached.approvals, reached.required, reached.met) == (1, 2, False)
    crowd = Electorate({MANAGERS.id: {BOB.id, CAROL.id}, SRES.id: {DAVE.id}}, {})
    assert quorum((a_policy(1, MANAGERS), a_policy(1, SRES)), {BOB.id, CAROL.id}, crowd).approvals == 1


def test_no_policy_at_all_satisfies_nothing() -> None:
    assert not Quorum(()).met


def test_where_no_approval_is_asked_for_none_is_missing() -> None:
    assert quorum((a_policy(0),), frozenset(), IN_BOTH).met
