from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.app.drafts import EnvironmentDraft, FreezeWindowDraft, GroupDraft, PersonDraft, PolicyDraft
from core.app.journal import REFRESH
from core.app.outbox import Errand
from core.domain.events import Action
from core.domain.people import SYSTEM, Right, SlackAccount
from core.errors import InUseError, InvalidError, NameTakenError
from tests.core.app.broken import BrokenError, BrokenTransactions
from tests.core.app.room import Room, code_of
from tests.support.clock import nth_id

BOB = PersonDraft("bob@example.com", "Bob", slack=(SlackAccount("T01", "U01"),))


def looked_at_again(room: Room) -> set[UUID]:
    return {subject for errand, subject in room.errands() if errand is Errand.EVALUATE}


def freeze(room: Room, *environments: UUID, name: str = "year-end", hours: float = 1) -> FreezeWindowDraft:
    now: datetime = room.clock.now
    return FreezeWindowDraft(name, environments or (room.production.id,), now, now + timedelta(hours=hours))


async def test_an_environment_is_stored_with_its_gates_in_full_and_an_audit_entry(room: Room) -> None:
    made = await room.environment("Canary", source_environment_id=room.staging.id, gates={"security-gate": {}})

    assert room.memory.tables.environments[made.id] == made
    assert made.gates["security-gate"].items() >= {"advisory": False, "maxCritical": 0, "maxHigh": 0}.items()
    entry = room.memory.tables.audit[-1]
    assert (entry.action, entry.subject_id, entry.details["name"]) == (Action.ENVIRONMENT_CREATED, made.id, "Canary")
    assert room.woken


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"gates": {"no-such-gate": {}}}, "gates"),
        ({"gates": {"security-gate": {"maxCritical": -1}}}, "gates.security-gate.maxCritical"),
        ({"source_environment_id": nth_id(7)}, "sourceEnvironmentId"),
        ({"slack_channel": "#a\0"}, "slackChannel"),
    ],
)
async def test_an_environment_is_refused_by_the_name_of_the_field(
    room: Room, changes: dict[str, Any], field: str
) -> None:
    draft = replace(EnvironmentDraft("Canary"), **changes)

    with pytest.raises(InvalidError) as caught:
        await room.countersign.administering.create_environment(SYSTEM, draft)

    assert caught.value.field == field


async def test_environments_never_lead_back_to_themselves(room: Room) -> None:
    for source in (room.staging.id, room.production.id):
        draft = EnvironmentDraft("Staging", source_environment_id=source, gates={})
        with pytest.raises(InvalidError) as caught:
            await room.countersign.administering.update_environment(SYSTEM, room.staging.id, draft)
        assert caught.value.field == "sourceEnvironmentId"


async def test_a_circle_that_is_there_already_is_refused_and_not_followed_for_ever(room: Room) -> None:
    circle = replace(room.staging, source_environment_id=room.production.id)
    room.memory.tables.environments[circle.id] = circle

    with pytest.raises(InvalidError, match="each other's source"):
        await room.environment("Canary", source_environment_id=room.staging.id)


@pytest.mark.parametrize("name", ["production", "PRODUCTION", "Ｐroduction"])  # noqa: RUF001
async def test_two_environments_never_share_a_name(room: Room, name: str) -> None:
    with pytest.raises(NameTakenError):
        await room.environment(name)


async def test_an_environments_open_promotions_are_looked_at_again_when_it_changes(room: Room) -> None:
    here = await room.awaiting()
    await room.approved(release=await room.a_release_with_scan("1.3.0"))
    await room.awaiting(to=room.staging)
    room.run_errands()

    await room.gates_of(room.production, {})

    assert looked_at_again(room) == {here.id}


async def test_gates_made_stricter_hold_for_what_is_open(room: Room) -> None:
    await room.scan(room.release, high=3)
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)

    await room.gates_of(room.production, {"security-gate": {"maxHigh": 0}})

    assert await code_of(room.approve("carol", promotion.id)) == "gates_blocked"


async def test_an_environment_in_use_is_not_forgotten(room: Room) -> None:
    with pytest.raises(InUseError):
        await room.countersign.administering.delete_environment(SYSTEM, room.staging.id)
    unused = await room.environment("Unused")

    await room.countersign.administering.delete_environment(SYSTEM, unused.id)

    assert unused.id not in room.memory.tables.environments
    assert room.actions(unused.id) == [Action.ENVIRONMENT_CREATED, Action.ENVIRONMENT_DELETED]


async def test_a_policy_names_its_groups_whatever_the_letter_case_and_each_once(room: Room) -> None:
    policy = await room.policy_for(room.staging, 1, "SRE-Team", "sre-team", "release-managers")

    assert [group.name for group in policy.approver_groups] == ["sre-team", "release-managers"]
    entry = room.memory.tables.audit[-1]
    assert (entry.action, entry.subject_id) == (Action.POLICY_CREATED, policy.id)
    assert entry.details == {
        "name": "Staging-policy",
        "digest": policy.digest,
        "environmentId": str(room.staging.id),
        "requiredApprovals": 1,
        "approverGroups": ["sre-team", "release-managers"],
        "requireSeparationOfDuties": True,
        "autoExpireHours": None,
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"environment_id": nth_id(7)}, "environmentId"),
        ({"approver_groups": ("nobody",)}, "approverGroups"),
        ({"approver_groups": ()}, "approverGroups"),
        ({"required_approvals": -1}, "requiredApprovals"),
        ({"auto_expire_hours": 0}, "autoExpireHours"),
    ],
)
async def test_a_policy_is_refused_by_the_name_of_the_field(room: Room, changes: dict[str, Any], field: str) -> None:
    administering = room.countersign.administering
    draft = replace(PolicyDraft("policy", room.staging.id, 1, ("sre-team",)), **changes)

    with pytest.raises(InvalidError) as caught:
        await administering.create_policy(SYSTEM, draft)
    assert caught.value.field == field
    with pytest.raises(InvalidError):
        await administering.update_policy(SYSTEM, room.policy.id or nth_id(0), draft)
    assert list(room.memory.tables.policies.values()) == [room.policy]


async def test_the_audit_log_has_the_digest_of_a_policy_before_and_after(room: Room) -> None:
    administering, id = room.countersign.administering, room.policy.id or nth_id(0)
    changed = await administering.update_policy(
        SYSTEM, id, PolicyDraft("production-policy", room.production.id, 1, ("sre-team",))
    )
    await administering.delete_policy(SYSTEM, id)

    created, updated, deleted = (entry for entry in room.memory.tables.audit if entry.subject_id == id)
    assert [entry.action for entry in (created, updated, deleted)] == [
        Action.POLICY_CREATED,
        Action.POLICY_UPDATED,
        Action.POLICY_DELETED,
    ]
    assert created.details["digest"] == room.policy.digest
    assert updated.details["digest"] == deleted.details["digest"] == changed.digest


async def test_a_group_has_the_people_of_its_addresses_each_once(room: Room) -> None:
    draft = GroupDraft("qa", ("bob@example.com", "BOB@example.com", "olga@example.com"))

    group = await room.countersign.administering.create_group(SYSTEM, draft)

    assert group.member_ids == {room.people["bob"].id, room.people["olga"].id}
    assert room.actions(group.id) == [Action.GROUP_CREATED]


async def test_an_address_of_nobody_is_named_and_nothing_is_stored(room: Room) -> None:
    with pytest.raises(InvalidError, match=r"nobody with the e-mail address 'eve@example\.com'") as caught:
        await room.countersign.administering.create_group(SYSTEM, GroupDraft("qa", ("eve@example.com",)))

    assert caught.value.field == "members"
    assert len(room.memory.tables.groups) == 2


async def test_cards_and_notices_are_brought_up_to_date_when_those_who_may_vote_change(room: Room) -> None:
    promotion = await room.awaiting()
    expected = {(errand, promotion.id) for errand in REFRESH}

    room.run_errands()
    await room.members(room.managers, "bob")
    assert room.errands() == expected

    room.run_errands()
    await room.change("bob", active=False)
    assert room.errands() == expected


async def test_a_group_that_a_policy_names_is_not_forgotten(room: Room) -> None:
    with pytest.raises(InUseError):
        await room.countersign.administering.delete_group(SYSTEM, room.sres.id)
    await room.countersign.administering.delete_policy(SYSTEM, room.policy.id or nth_id(0))

    await room.countersign.administering.delete_group(SYSTEM, room.sres.id)

    assert room.actions(room.sres.id)[-1] is Action.GROUP_DELETED


async def test_a_group_deleted_and_made_again_gives_nobody_a_vote_on_what_was_asked_before(room: Room) -> None:
    promotion = await room.awaiting()
    administering = room.countersign.administering
    await administering.delete_policy(SYSTEM, room.policy.id or nth_id(0))
    await administering.delete_group(SYSTEM, room.sres.id)

    await room.group("sre-team", "olga")

    assert await code_of(room.approve("olga", promotion.id)) == "not_in_approver_list"


async def test_a_freeze_has_open_promotions_of_its_environments_looked_at_again_when_it_comes_moves_and_goes(
    room: Room,
) -> None:
    administering = room.countersign.administering
    to_production, to_staging = await room.awaiting(), await room.awaiting(to=room.staging)

    room.run_errands()
    window = await administering.create_freeze_window(SYSTEM, freeze(room))
    assert looked_at_again(room) == {to_production.id}

    room.run_errands()
    await administering.update_freeze_window(SYSTEM, window.id, freeze(room, room.staging.id))
    assert looked_at_again(room) == {to_production.id, to_staging.id}

    room.run_errands()
    await administering.delete_freeze_window(SYSTEM, window.id)
    assert looked_at_again(room) == {to_staging.id}
    assert room.actions(window.id) == [
        Action.FREEZE_WINDOW_CREATED,
        Action.FREEZE_WINDOW_UPDATED,
        Action.FREEZE_WINDOW_DELETED,
    ]


async def test_a_freeze_blocks_until_its_end_and_not_longer(room: Room) -> None:
    await room.countersign.administering.create_freeze_window(SYSTEM, freeze(room))
    promotion = await room.awaiting()
    assert promotion.status == "pending"

    room.clock.advance(timedelta(hours=1) - timedelta(microseconds=1))
    assert await code_of(room.evaluate(promotion.id)) == "pending"
    room.clock.advance(timedelta(microseconds=1))
    assert await code_of(room.evaluate(promotion.id)) == "awaiting_approval"


async def test_a_freeze_of_an_environment_that_is_not_there_is_refused(room: Room) -> None:
    with pytest.raises(InvalidError) as caught:
        await room.countersign.administering.create_freeze_window(SYSTEM, freeze(room, room.staging.id, nth_id(7)))

    assert caught.value.field == "environmentIds"


async def test_an_environment_named_twice_is_frozen_once(room: Room) -> None:
    draft = freeze(room, room.staging.id, room.staging.id)

    window = await room.countersign.administering.create_freeze_window(SYSTEM, draft)

    assert window.environment_ids == (room.staging.id,)


async def test_a_person_is_stored_with_an_audit_entry(room: Room) -> None:
    draft = PersonDraft("Eve@Example.com", "Eve", frozenset({Right.ADMIN}))

    person = await room.countersign.administering.create_person(SYSTEM, draft)

    assert room.memory.tables.people[person.id] == person
    assert room.memory.tables.audit[-1].details == {
        "email": "eve@example.com",
        "roles": ["admin"],
        "active": True,
        "slack": [],
    }


@pytest.mark.parametrize(
    "draft",
    [
        PersonDraft("bob@example.com", "Another Bob"),
        PersonDraft("BOB@example.com", "Another Bob"),
        PersonDraft("\uff42ob@example.com", "Looks like Bob"),
        PersonDraft("eve@example.com", "Eve", slack=BOB.slack),
    ],
)
async def test_nobody_gets_the_address_or_the_account_of_somebody_else(room: Room, draft: PersonDraft) -> None:
    with pytest.raises(NameTakenError):
        await room.countersign.administering.create_person(SYSTEM, draft)


async def test_an_edit_does_not_make_a_voter_of_a_guest(room: Room) -> None:
    guest = replace(BOB.slack[0], blocked_by="is_restricted")
    await room.countersign.access.note_slack_account(guest)

    await room.countersign.administering.update_person(SYSTEM, room.people["bob"].id, replace(BOB, name="Robert"))

    assert room.memory.tables.people[room.people["bob"].id].slack == (guest,)
    promotion = await room.awaiting()
    assert (
        await code_of(room.approve(await room.countersign.access.by_slack("T01", "U01"), promotion.id))
        == "may_not_vote"
    )


async def test_votes_keep_the_name_under_which_they_were_given(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)

    await room.change("bob", name="Robert")

    assert room.stored(promotion.id).votes[0].person_name == "Bob"


@pytest.mark.parametrize("broken", ["groups.replace", "audit.add", "outbox.put"])
async def test_where_one_part_of_a_change_cannot_be_stored_nothing_remains_of_it(room: Room, broken: str) -> None:
    await room.awaiting()
    before = room.memory.tables.copy()
    room.use(BrokenTransactions(room.memory, broken))

    with pytest.raises(BrokenError):
        await room.members(room.managers, "bob")

    assert room.memory.tables == before


async def test_what_is_not_there_is_neither_changed_nor_deleted(room: Room) -> None:
    administering, nowhere = room.countersign.administering, nth_id(7)
    acts = [
        administering.update_environment(SYSTEM, nowhere, EnvironmentDraft("x")),
        administering.delete_environment(SYSTEM, nowhere),
        administering.update_policy(SYSTEM, nowhere, PolicyDraft("x", room.staging.id, 0, ())),
        administering.delete_policy(SYSTEM, nowhere),
        administering.update_group(SYSTEM, nowhere, GroupDraft("x")),
        administering.delete_group(SYSTEM, nowhere),
        administering.update_freeze_window(SYSTEM, nowhere, freeze(room)),
        administering.delete_freeze_window(SYSTEM, nowhere),
        administering.update_person(SYSTEM, nowhere, PersonDraft("x@example.com", "x")),
    ]

    assert {await code_of(act) for act in acts} == {"not_found"}
