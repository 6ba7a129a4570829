"""People in memory."""

from __future__ import annotations

from collections.abc import Iterable, Set
from uuid import UUID

from core.app.pages import Mark, Page, PageRequest
from core.domain.people import Person
from core.domain.policy import ApprovalPolicy, ApproverGroup, Electorate
from core.domain.text import name_key
from core.errors import (
    NameTakenError,
)
from tests.support.memory.catalogue import MemoryCatalogue
from tests.support.memory.tables import Tables, paged


class MemoryPeople:
    def __init__(self, tables: Tables) -> None:
        self._people = tables.people
        self._groups = tables.groups

    def get(self, id: UUID) -> Person | None:
        return self._people.get(id)

    def by_email(self, email: str) -> Person | None:
        return next((each for each in self._people.values() if name_key(each.email) == name_key(email)), None)

    def by_slack(self, team: str, user: str) -> Person | None:
        accounts = {(account.team, account.user): each for each in self._people.values() for account in each.slack}
        return accounts.get((team, user))

    def with_user(self, user: str) -> tuple[Person, ...]:
        return tuple(person for person in self.all() if any(account.user == user for account in person.slack))

    def all(self) -> tuple[Person, ...]:
        return tuple(sorted(self._people.values(), key=lambda person: (name_key(person.name), person.id)))

    def page(self, request: PageRequest) -> Page[Person]:
        return paged(self.all(), request, lambda each: Mark("people", name_key(each.name), each.id))

    def among(self, ids: Iterable[UUID]) -> tuple[Person, ...]:
        wanted = set(ids)
        return tuple(person for person in self.all() if person.id in wanted)

    def add(self, person: Person) -> None:
        others = [other for other in self._people.values() if other.id != person.id]
        taken = {(account.team, account.user) for other in others for account in other.slack}
        if any(name_key(other.email) == name_key(person.email) for other in others):
            raise NameTakenError(f"{person.email} is somebody else's", field="email", name=person.email)
        for account in person.slack:
            if (account.team, account.user) in taken:
                raise NameTakenError(f"{account.user} is somebody else's", field="slack", name=account.user)
        self._people[person.id] = person

    def replace(self, person: Person) -> None:
        self.add(person)

    def electorate(self, policies: Iterable[ApprovalPolicy], among: Set[UUID] | None = None) -> Electorate:
        asked = tuple(policies)
        voters = [each for each in self._people.values() if each.may_vote and (among is None or each.id in among)]
        active = {person.id for person in voters}
        groups = {group.id for policy in asked for group in policy.approver_groups}
        roles = {role for policy in asked for role in policy.approver_roles}
        members = {id: set(self._groups[id].member_ids & active) if id in self._groups else set() for id in groups}
        return Electorate(members, {role: {each.id for each in voters if role in each.roles} for role in roles})

    def groups_of(self, id: UUID) -> tuple[ApproverGroup, ...]:
        return tuple(group for group in MemoryCatalogue(self._groups).all() if id in group.member_ids)
