"""Who may do what: every kind of actor against every kind of deed, through the use cases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from core.app.authorise import acting_person, rights_of
from core.app.calendars import CalendarDraft
from core.app.deploying import ReportDeployment
from core.app.drafts import (
    EnvironmentDraft,
    FreezeWindowDraft,
    GroupDraft,
    PersonDraft,
    PolicyDraft,
    ReleaseDraft,
    ScanDraft,
)
from core.app.emergencies import LiftFreeze
from core.app.pages import PageRequest
from core.app.ports import Store
from core.app.waiving import WaiveFinding
from core.domain.people import SYSTEM, Actor, Right
from core.domain.release import DeploymentStatus
from core.errors import DomainError, ForbiddenError
from tests.core.app.room import Room
from tests.support.clock import MORNING, nth_id

R = Right
Deed = Callable[[Room, Actor], Awaitable[Any]]
NOWHERE = nth_id(7)

DEEDS: dict[str, Deed] = {
    "read": lambda room, actor: room.countersign.reading.environments(actor, PageRequest()),
    "preview": lambda room, actor: room.countersign.evaluating.preview(actor, room.release.id, room.production.id),
    "request": lambda room, actor: room.request(actor),
    "register": lambda room, actor: room.countersign.releasing.register(actor, ReleaseDraft("cart", "1")),
    "scan": lambda room, actor: room.countersign.releasing.submit_scan(actor, ScanDraft(room.release.id, "trivy")),
    "vex": lambda room, actor: room.countersign.scanning.submit_vex(actor, room.release.id, b"{}"),
    "import exploited": lambda room, actor: room.countersign.scanning.import_known_exploited(actor, b"{}"),
    "waive": lambda room, actor: room.countersign.waiving.waive(actor, waiver(room)),
    "revoke waiver": lambda room, actor: room.countersign.waiving.revoke(actor, NOWHERE),
    "deploy": lambda room, actor: room.countersign.deploying.report(
        actor, ReportDeployment(NOWHERE, DeploymentStatus.DEPLOYING)
    ),
    "audit": lambda room, actor: room.countersign.reading.audit_log(actor, PageRequest()),
    "people": lambda room, actor: room.countersign.reading.people(actor, PageRequest()),
    "person": lambda room, actor: room.countersign.reading.person(actor, NOWHERE),
    "create environment": lambda room, actor: room.countersign.administering.create_environment(
        actor, EnvironmentDraft("New")
    ),
    "update environment": lambda room, actor: room.countersign.administering.update_environment(
        actor, room.staging.id, EnvironmentDraft("New")
    ),
    "delete environment": lambda room, actor: room.countersign.administering.delete_environment(actor, NOWHERE),
    "create policy": lambda room, actor: room.countersign.administering.create_policy(
        actor, PolicyDraft("new", room.staging.id, 0, ())
    ),
    "update policy": lambda room, actor: room.countersign.administering.update_policy(
        actor, NOWHERE, PolicyDraft("new", room.staging.id, 0, ())
    ),
    "delete policy": lambda room, actor: room.countersign.administering.delete_policy(actor, NOWHERE),
    "create group": lambda room, actor: room.countersign.administering.create_group(actor, GroupDraft("new")),
    "update group": lambda room, actor: room.countersign.administering.update_group(actor, NOWHERE, GroupDraft("new")),
    "delete group": lambda room, actor: room.countersign.administering.delete_group(actor, NOWHERE),
    "create freeze": lambda room, actor: room.countersign.administering.create_freeze_window(actor, freeze(room)),
    "update freeze": lambda room, actor: room.countersign.administering.update_freeze_window(
        actor, NOWHERE, freeze(room)
    ),
    "delete freeze": lambda room, actor: room.countersign.administering.delete_freeze_window(actor, NOWHERE),
    "create calendar": lambda room, actor: room.countersign.calendars.create(
        actor, CalendarDraft("holidays", url="https://example.com/holidays.ics")
    ),
    "update calendar": lambda room, actor: room.countersign.calendars.update(actor, NOWHERE, CalendarDraft("x")),
    "delete calendar": lambda room, actor: room.countersign.calendars.delete(actor, NOWHERE),
    "read calendars": lambda room, actor: room.countersign.calendars.page(actor, PageRequest()),
    "lift freeze": lambda room, actor: room.countersign.emergencies.lift(
        actor, LiftFreeze(NOWHERE, "Everything burns", MORNING.replace(hour=20))
    ),
    "create person": lambda room, actor: room.countersign.administering.create_person(
        actor, PersonDraft("eve@example.com", "Eve")
    ),
    "update person": lambda room, actor: room.countersign.administering.update_person(
        actor, NOWHERE, PersonDraft("eve@example.com", "Eve")
    ),
}

EVERYBODY = {"read", "preview", "read calendars"}
WAIVING = {"waive", "revoke waiver"}
PROGRAMS = {
    R.READER: EVERYBODY,
    R.REQUESTER: EVERYBODY | {"request"},
    R.APPROVER: EVERYBODY,
    R.PUBLISHER: EVERYBODY | {"register", "scan", "vex"},
    # A waiver is a person's word.
    R.WAIVER: EVERYBODY,
    R.DEPLOYER: EVERYBODY | {"deploy"},
    # Freezes are lifted by people, whatever a program's token says.
    R.EMERGENCY: EVERYBODY,
    R.ADMIN: set(DEEDS) - WAIVING - {"lift freeze"},
}
PEOPLE = {
    "olga": EVERYBODY,
    "wendy": EVERYBODY | WAIVING,
    "bob": EVERYBODY,
    "alice": EVERYBODY | {"request"},
    # Deployments are the word of a program, so that nobody declares a release deployed by hand.
    "ann": set(DEEDS) - {"deploy", "lift freeze"},
    "erin": EVERYBODY | {"lift freeze"},
}


def freeze(room: Room) -> FreezeWindowDraft:
    return FreezeWindowDraft("new", (room.staging.id,), MORNING, MORNING.replace(hour=20))


def waiver(room: Room) -> WaiveFinding:
    return WaiveFinding("CVE-2024-3094", "shop", room.production.id, "Not reachable", MORNING.replace(hour=20))


async def is_allowed(room: Room, actor: Actor, deed: str) -> bool:
    """Whether it was not forbidden; what it is done to need not exist."""
    try:
        await DEEDS[deed](room, actor)
    except ForbiddenError:
        return False
    except DomainError:
        return True
    return True


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("scope", Right)
async def test_a_program_does_what_its_scope_names(room: Room, scope: Right, deed: str) -> None:
    program = Actor(room.ci.ref, "rest", frozenset({scope}))

    assert await is_allowed(room, program, deed) is (deed in PROGRAMS[scope])


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("who", PEOPLE)
async def test_a_person_does_what_the_roles_allow(room: Room, who: str, deed: str) -> None:
    assert await is_allowed(room, room.actor(who), deed) is (deed in PEOPLE[who])


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("scope", Right)
async def test_a_narrow_token_narrows_even_an_administrator(room: Room, scope: Right, deed: str) -> None:
    scoped = PROGRAMS[scope] | (WAIVING if scope in {R.WAIVER, R.ADMIN} else set())
    both = scoped & PEOPLE["ann"]

    assert await is_allowed(room, room.actor("ann", scopes=frozenset({scope})), deed) is (deed in both)


@pytest.mark.parametrize("deed", DEEDS)
async def test_a_wide_token_does_not_widen_a_person(room: Room, deed: str) -> None:
    assert await is_allowed(room, room.actor("olga", scopes=frozenset(Right)), deed) is (deed in EVERYBODY)


@pytest.mark.parametrize("deed", DEEDS)
async def test_who_is_deactivated_does_nothing_and_who_was_never_there_neither(room: Room, deed: str) -> None:
    await room.change("ann", active=False)

    assert not await is_allowed(room, room.actor("ann"), deed)
    room.memory.tables.people.clear()
    assert not await is_allowed(room, room.actor("bob"), deed)


async def test_a_role_taken_away_counts_at_once(room: Room) -> None:
    ann = room.actor("ann")
    await room.change("ann", roles=frozenset())

    assert not await is_allowed(room, ann, "audit")


async def test_rights_come_from_roles_and_groups_and_end_with_the_person(room: Room) -> None:
    def rights(handle: str) -> Callable[[Store], frozenset[Right]]:
        return lambda store: rights_of(store, room.people[handle])

    read = room.memory.read
    assert await read(rights("alice")) == {R.READER, R.REQUESTER, R.APPROVER}
    assert await read(rights("bob")) == {R.READER, R.APPROVER}
    assert await read(rights("olga")) == {R.READER}
    assert await read(rights("ann")) == {R.READER, R.ADMIN}
    await room.change("alice", active=False)
    assert await read(rights("alice")) == set()


async def test_no_person_stands_behind_a_program(room: Room) -> None:
    impostor = Actor(room.ci.ref, "rest", frozenset(Right))

    assert await room.memory.read(lambda store: acting_person(store, impostor)) is None
    assert await room.memory.read(lambda store: acting_person(store, SYSTEM)) is None
    assert await room.memory.read(lambda store: acting_person(store, room.actor("bob"))) == room.people["bob"]
