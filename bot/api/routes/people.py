"""People, and who the caller is."""

from __future__ import annotations

from uuid import UUID

from bot.api.endpoint import Call, Endpoint
from bot.api.paths import BASE
from bot.api.schemas.people import Me, PersonBody, PersonList, PersonShown, people_of, person_of
from bot.api.schemas.queries import PageQuery
from core.domain.people import Right

TAG = "People"
PATH = f"{BASE}/people"


async def get_me(call: Call) -> Me:
    """Who am I?

    Whom the token stands for, and what it may do now.
    """
    actor = call.actor
    held = await call.countersign.reading.rights(actor)
    if actor.scopes is not None and Right.ADMIN not in actor.scopes:
        held &= actor.scopes | {Right.READER}
    return Me(kind=actor.ref.kind, id=actor.ref.id, name=actor.ref.name, rights=sorted(held | {Right.READER}))


async def create_person(call: Call, body: PersonBody) -> PersonShown:
    """Add a person."""
    person = await call.countersign.administering.create_person(call.actor, body.draft())
    call.headers["Location"] = f"{PATH}/{person.id}"
    return person_of(person)


async def list_people(call: Call, query: PageQuery) -> PersonList:
    """List people by name."""
    return people_of(await call.countersign.reading.people(call.actor, query.request()))


async def get_person(call: Call, id: UUID) -> PersonShown:
    """Get a person."""
    return person_of(await call.countersign.reading.person(call.actor, id))


async def update_person(call: Call, id: UUID, body: PersonBody) -> PersonShown:
    """Replace a person.

    Name, address, roles, accounts and whether the person is active. What is left out goes back to its default.
    The votes of somebody who was deactivated no longer count.
    """
    return person_of(await call.countersign.administering.update_person(call.actor, id, body.draft()))


ENDPOINTS = (
    Endpoint("GET", f"{BASE}/me", get_me, TAG, needs="reader"),
    Endpoint("POST", PATH, create_person, TAG, 201, needs="admin", errors=("name_taken",)),
    Endpoint("GET", PATH, list_people, TAG, needs="admin"),
    Endpoint("GET", f"{PATH}/{{id}}", get_person, TAG, needs="admin"),
    Endpoint("PUT", f"{PATH}/{{id}}", update_person, TAG, needs="admin", errors=("name_taken",)),
)
