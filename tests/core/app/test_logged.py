"""What decides who may approve, and every exception, is a leaf of the log in the transaction that makes it so."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from core.app.calendars import CalendarDraft
from core.app.drafts import EnvironmentDraft, FreezeWindowDraft, GroupDraft, PersonDraft, PolicyDraft
from core.app.emergencies import LiftFreeze
from core.app.journal import Journal
from core.app.ports import Store
from core.app.timekeeping import Timekeeping
from core.app.waiving import WaiveFinding
from core.domain.events import LOGGED, Action
from core.domain.people import SYSTEM
from core.evidence.canonical import canonical, content_hash
from core.evidence.log.entries import audit_entry
from tests.core.app.room import Room
from tests.core.evidence.samples import SIGNER, STRANGER
from tests.support.clock import nth_id


async def change_everything(room: Room) -> None:
    """Each of the changes and exceptions, by the use case that makes it."""
    admin, waiving, keys = room.countersign.administering, room.countersign.waiving, room.countersign.keys
    environment = await admin.create_environment(SYSTEM, EnvironmentDraft("Canary"))
    await admin.update_environment(SYSTEM, environment.id, EnvironmentDraft("Canary", require_sod=True))
    group = await admin.create_group(SYSTEM, GroupDraft("canary-team", ("bob@example.com",)))
    await admin.update_group(SYSTEM, group.id, GroupDraft("canary-team"))
    terms = PolicyDraft("canary-policy", environment.id, 1, ("canary-team",))
    policy = await admin.create_policy(SYSTEM, terms)
    assert policy.id is not None
    await admin.update_policy(SYSTEM, policy.id, terms)
    await admin.delete_policy(SYSTEM, policy.id)
    await admin.delete_group(SYSTEM, group.id)
    await admin.delete_environment(SYSTEM, environment.id)
    person = await admin.create_person(SYSTEM, PersonDraft("new@example.com", "Newcomer"))
    await admin.update_person(SYSTEM, person.id, PersonDraft("new@example.com", "Newcomer", active=False))
    later = room.clock() + timedelta(days=90)
    freeze = FreezeWindowDraft("far", (room.production.id,), later, later + timedelta(hours=1))
    window = await admin.create_freeze_window(SYSTEM, freeze)
    await admin.update_freeze_window(SYSTEM, window.id, freeze)
    await admin.delete_freeze_window(SYSTEM, window.id)
    holidays = CalendarDraft("holidays", (room.production.id,), url="https://example.com/holidays.ics")
    calendar = await room.countersign.calendars.create(SYSTEM, holidays)
    await room.countersign.calendars.update(SYSTEM, calendar.id, holidays)
    await room.countersign.calendars.delete(SYSTEM, calendar.id)
    ends = room.clock() + timedelta(hours=2)
    wanted = WaiveFinding("CVE-2024-0001", "shop", room.production.id, "Not reachable", ends)
    waiver = await waiving.waive(room.actor("wendy"), wanted)
    await waiving.revoke(room.actor("ann"), waiver.id, "Exploited now")
    await room.freeze(ends=8)
    promotion = await room.awaiting()
    await room.countersign.emergencies.lift(room.actor("erin"), LiftFreeze(promotion.id, "The checkout is down", ends))
    await keys.register(SYSTEM, SIGNER.public_key_pem)
    await keys.rotate(SYSTEM, SIGNER.key_ref, STRANGER.public_key_pem, timedelta(days=1))
    await keys.revoke(SYSTEM, SIGNER.key_ref, "laptop stolen")
    await Timekeeping(room.countersign.ports).moved(timedelta(minutes=-10))


async def test_each_change_and_each_exception_is_a_leaf_in_their_order(room: Room) -> None:
    already = len(room.memory.tables.audit)
    leaves = len(room.memory.tables.log.leaves)

    await change_everything(room)

    changes = [event for event in room.memory.tables.audit[already:] if event.action in LOGGED]
    assert {event.action for event in changes} == LOGGED
    assert room.memory.tables.log.leaves[leaves:] == [audit_entry(event) for event in changes]


async def test_a_change_that_does_not_come_about_leaves_no_leaf(room: Room) -> None:
    before = room.memory.tables.log.leaves.copy()

    def body(store: Store) -> None:
        Journal(store, SYSTEM, room.clock()).note(Action.WAIVER_CREATED, nth_id(1), reason="x")
        raise RuntimeError("the rest of the transaction failed")

    with pytest.raises(RuntimeError):
        await room.memory.write(body)
    assert room.memory.tables.log.leaves == before


async def test_the_leaf_of_a_group_has_the_digest_of_its_members_and_no_address(room: Room) -> None:
    await room.countersign.administering.create_group(SYSTEM, GroupDraft("canary-team", ("bob@example.com",)))

    leaf, entry = room.memory.tables.log.leaves[-1], room.memory.tables.audit[-1]
    assert b"@" not in leaf.content
    assert entry.details["members"] == ["bob@example.com"]
    assert json.loads(leaf.content)["details"] == {
        "name": "canary-team",
        "memberCount": 1,
        "membersDigest": content_hash(canonical({"members": entry.details["members"]})),
    }


async def test_a_group_of_thousands_fits_into_its_leaf(room: Room) -> None:
    def body(store: Store) -> None:
        members = [f"somebody.with.a.long.name.{number}@subsidiary.example.com" for number in range(5_000)]
        Journal(store, SYSTEM, room.clock()).note(Action.GROUP_UPDATED, nth_id(1), name="all", members=members)

    await room.memory.write(body)
    assert len(room.memory.tables.log.leaves[-1].content) < 1_000


async def test_the_leaf_of_an_environment_tells_its_rules(room: Room) -> None:
    gates = {"security-gate": {"maxCritical": 0}}
    draft = EnvironmentDraft("Canary", source_environment_id=room.staging.id, require_sod=True, gates=gates)
    environment = await room.countersign.administering.create_environment(SYSTEM, draft)

    assert json.loads(room.memory.tables.log.leaves[-1].content)["details"] == {
        "name": "Canary",
        "sourceEnvironmentId": str(room.staging.id),
        "requireSod": True,
        "gates": ["security-gate"],
        "gatesDigest": content_hash(canonical(environment.gates)),
    }
