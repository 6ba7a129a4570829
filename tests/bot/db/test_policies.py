"""Approver groups and approval policies, on every kind of store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app.ports import Transactions
from core.domain.policy import ApprovalPolicy, ApproverGroup, GroupRef
from core.domain.usergroup import Reading
from core.errors import InUseError, NameTakenError
from tests.bot.db.samples import ALICE, BOB, MANAGERS, POLICY, PRODUCTION, SRES, STAGING
from tests.support.clock import MORNING, nth_id


async def test_a_group_comes_back_with_its_members(filled: Transactions) -> None:
    assert await filled.read(lambda store: store.groups.get(MANAGERS.id)) == MANAGERS
    assert await filled.read(lambda store: store.groups.named("SRE-Team")) == SRES
    assert await filled.read(lambda store: store.groups.all()) == (MANAGERS, SRES)


async def test_replacing_a_group_replaces_its_members(filled: Transactions) -> None:
    changed = replace(MANAGERS, member_ids=frozenset({ALICE.id}), slack_usergroup="S09")
    await filled.write(lambda store: store.groups.replace(changed))
    assert await filled.read(lambda store: store.groups.get(MANAGERS.id)) == changed


async def test_a_group_remembers_how_slack_was_read(filled: Transactions) -> None:
    for reading in (Reading(MORNING, "T01", True, ("U07", "U08")), Reading(MORNING, enabled=False), None):
        changed = replace(SRES, reading=reading)
        await filled.write(lambda store, changed=changed: store.groups.replace(changed))  # type: ignore[misc]
        assert await filled.read(lambda store: store.groups.get(SRES.id)) == changed


async def test_a_group_may_be_empty(filled: Transactions) -> None:
    empty = ApproverGroup(nth_id(70), "nobody")
    await filled.write(lambda store: store.groups.add(empty))
    assert await filled.read(lambda store: store.groups.get(empty.id)) == empty


async def test_a_group_that_a_policy_names_cannot_be_removed(filled: Transactions) -> None:
    with pytest.raises(InUseError) as refusal:
        await filled.write(lambda store: store.groups.remove(SRES.id))
    assert refusal.value.params == {"usedBy": ["an approval policy"]}
    await filled.write(lambda store: store.policies.remove(POLICY.id or nth_id(0)))
    await filled.write(lambda store: store.groups.remove(SRES.id))
    assert await filled.read(lambda store: store.groups.all()) == (MANAGERS,)


async def test_a_policy_comes_back_with_its_groups_in_their_order(filled: Transactions) -> None:
    assert await filled.read(lambda store: store.policies.named("Production-Policy")) == POLICY


async def test_a_policy_shows_the_groups_names_of_today(filled: Transactions) -> None:
    await filled.write(lambda store: store.groups.replace(replace(SRES, name="operations")))
    policy = await filled.read(lambda store: store.policies.named(POLICY.name))
    assert policy is not None
    assert [group.name for group in policy.approver_groups] == ["operations", "release-managers"]


async def test_replacing_a_policy_replaces_its_groups_and_terms(filled: Transactions) -> None:
    changed = replace(
        POLICY,
        environment_id=STAGING.id,
        required_approvals=1,
        approver_groups=(GroupRef(MANAGERS.id, MANAGERS.name),),
        require_separation_of_duties=False,
        auto_expire_hours=None,
    )
    await filled.write(lambda store: store.policies.replace(changed))
    assert await filled.read(lambda store: store.policies.all()) == (changed,)
    assert await filled.read(lambda store: store.policies.of_environment(PRODUCTION.id)) == ()


async def test_policies_of_an_environment_are_ordered_by_name(filled: Transactions) -> None:
    another = ApprovalPolicy(nth_id(32), "A policy", PRODUCTION.id, 0, ())
    await filled.write(lambda store: store.policies.add(another))
    assert await filled.read(lambda store: store.policies.of_environment(PRODUCTION.id)) == (another, POLICY)


async def test_policy_names_are_unique(filled: Transactions) -> None:
    with pytest.raises(NameTakenError):
        await filled.write(lambda store: store.policies.add(replace(POLICY, id=nth_id(33), name="PRODUCTION-POLICY")))


async def test_the_groups_of_a_person(filled: Transactions) -> None:
    assert await filled.read(lambda store: store.people.groups_of(BOB.id)) == (MANAGERS,)
    assert await filled.read(lambda store: store.people.groups_of(ALICE.id)) == ()
