"""People, their accounts, and who may vote, on every kind of store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app.ports import Transactions
from core.domain.people import Person, Right, SlackAccount
from core.domain.policy import DEFAULT_POLICY, Electorate
from core.errors import NameTakenError
from tests.bot.db.samples import ALICE, BOB, CAROL, MANAGERS, POLICY, SRES
from tests.support.clock import nth_id


async def test_a_person_comes_back_with_roles_and_accounts_in_their_order(filled: Transactions) -> None:
    assert await filled.read(lambda store: store.people.get(BOB.id)) == BOB
    assert await filled.read(lambda store: store.people.get(nth_id(99))) is None


async def test_people_are_found_by_email_whatever_its_letter_case(filled: Transactions) -> None:
    assert await filled.read(lambda store: store.people.by_email("ALICE@Example.com")) == ALICE
    assert await filled.read(lambda store: store.people.by_email("nobody@example.com")) is None
    assert await filled.read(lambda store: store.people.by_email("\0")) is None


async def test_people_are_found_by_each_of_their_slack_accounts(filled: Transactions) -> None:
    assert await filled.read(lambda store: store.people.by_slack("T01", "U02")) == BOB
    assert await filled.read(lambda store: store.people.by_slack("T02", "U02")) == BOB
    assert await filled.read(lambda store: store.people.by_slack("T02", "U01")) is None
    assert await filled.read(lambda store: store.people.by_slack("T01\0", "U01")) is None


async def test_people_are_listed_by_name(filled: Transactions) -> None:
    await filled.write(lambda store: store.people.add(Person(nth_id(14), "a@b", "aaron")))
    everybody = await filled.read(lambda store: store.people.all())
    assert [person.name for person in everybody] == ["aaron", "Alice", "Bob", "Carol"]
    chosen = await filled.read(lambda store: store.people.among([CAROL.id, ALICE.id, nth_id(99)]))
    assert chosen == (ALICE, CAROL)
    assert await filled.read(lambda store: store.people.among([])) == ()


async def test_an_email_address_belongs_to_one_person(filled: Transactions) -> None:
    with pytest.raises(NameTakenError) as refusal:
        await filled.write(lambda store: store.people.add(Person(nth_id(14), "Alice@example.com", "Other")))
    assert refusal.value.params["field"] == "email"
    with pytest.raises(NameTakenError):
        await filled.write(lambda store: store.people.replace(replace(CAROL, email=BOB.email)))


async def test_a_slack_account_belongs_to_one_person(filled: Transactions) -> None:
    thief = replace(CAROL, slack=(SlackAccount("T09", "U09"), SlackAccount("T01", "U02")))
    with pytest.raises(NameTakenError) as refusal:
        await filled.write(lambda store: store.people.replace(thief))
    assert refusal.value.params["field"] == "slack"
    assert await filled.read(lambda store: store.people.get(CAROL.id)) == CAROL
    assert await filled.read(lambda store: store.people.by_slack("T09", "U09")) is None


async def test_replacing_a_person_replaces_the_accounts(filled: Transactions) -> None:
    changed = replace(BOB, name="Robert", roles=frozenset(), slack=(SlackAccount("T02", "U02"),), active=False)
    await filled.write(lambda store: store.people.replace(changed))
    assert await filled.read(lambda store: store.people.get(BOB.id)) == changed
    assert await filled.read(lambda store: store.people.by_slack("T01", "U02")) is None


async def test_the_electorate_are_active_members_by_group(filled: Transactions) -> None:
    electorate = await filled.read(lambda store: store.people.electorate([POLICY]))
    assert electorate == Electorate({MANAGERS.id: {BOB.id, CAROL.id}, SRES.id: {CAROL.id}}, {})
    await filled.write(lambda store: store.people.replace(replace(CAROL, active=False)))
    electorate = await filled.read(lambda store: store.people.electorate([POLICY]))
    assert electorate == Electorate({MANAGERS.id: {BOB.id}, SRES.id: set()}, {})


async def test_the_electorate_of_the_default_policy_are_active_people_by_role(filled: Transactions) -> None:
    electorate = await filled.read(lambda store: store.people.electorate([DEFAULT_POLICY]))
    assert electorate == Electorate({}, {Right.APPROVER: {BOB.id}, Right.ADMIN: {BOB.id}})
    await filled.write(lambda store: store.people.replace(replace(BOB, active=False)))
    electorate = await filled.read(lambda store: store.people.electorate([DEFAULT_POLICY]))
    assert electorate.of(DEFAULT_POLICY) == frozenset()


async def test_the_electorate_can_be_asked_for_among_some_people(filled: Transactions) -> None:
    electorate = await filled.read(lambda store: store.people.electorate([POLICY, DEFAULT_POLICY], {BOB.id, ALICE.id}))
    by_role = {Right.APPROVER: {BOB.id}, Right.ADMIN: {BOB.id}}
    assert electorate == Electorate({MANAGERS.id: {BOB.id}, SRES.id: set()}, by_role)
    nobody = await filled.read(lambda store: store.people.electorate([POLICY], frozenset()))
    assert nobody.of(POLICY) == frozenset()


async def test_nobody_votes_whose_slack_accounts_are_all_blocked(filled: Transactions) -> None:
    one_left = (SlackAccount("T01", "U02", "deleted"), SlackAccount("T02", "U02"))
    await filled.write(lambda store: store.people.replace(replace(BOB, slack=one_left)))
    electorate = await filled.read(lambda store: store.people.electorate([POLICY, DEFAULT_POLICY]))
    assert BOB.id in electorate.of(POLICY) & electorate.of(DEFAULT_POLICY)
    none_left = (SlackAccount("T01", "U02", "deleted"), SlackAccount("T02", "U02", "is_stranger"))
    await filled.write(lambda store: store.people.replace(replace(BOB, slack=none_left)))
    electorate = await filled.read(lambda store: store.people.electorate([POLICY, DEFAULT_POLICY]))
    assert BOB.id not in electorate.of(POLICY) | electorate.of(DEFAULT_POLICY)


async def test_no_policy_has_no_electorate(filled: Transactions) -> None:
    assert await filled.read(lambda store: store.people.electorate([])) == Electorate({}, {})
