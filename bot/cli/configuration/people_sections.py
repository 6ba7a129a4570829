"""`people` and `approverGroups`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from bot.cli.configuration.changes import Verb
from bot.cli.configuration.schema import GroupEntry, PersonEntry
from bot.cli.configuration.section import Section, UnknownReferenceError
from core.app.drafts import GroupDraft, PersonDraft
from core.domain.people import Person, Right, SlackAccount
from core.domain.policy import ApproverGroup


class PeopleSection(Section[PersonEntry, Person, PersonDraft]):
    """People are never deleted, since votes name them: who goes is deactivated."""

    key = "people"
    removal = Verb.DEACTIVATE
    field_paths = {"slack.team": "slack", "slack.user": "slack"}  # noqa: RUF012

    def ordered(self, entries: Sequence[PersonEntry]) -> Iterable[tuple[int, PersonEntry]]:
        """Who gives up a Slack account comes first, so that another can have it."""
        return sorted(enumerate(entries), key=lambda place: not self._gives_up(place[1]))

    def name_of(self, entry: PersonEntry) -> str:
        return entry.email.lower()

    def stored(self, entry: PersonEntry) -> Person | None:
        return self.store.people.by_email(entry.email)

    def draft_of(self, thing: Person) -> PersonDraft:
        return PersonDraft(thing.email, thing.name, thing.roles, thing.slack, thing.active)

    def wanted(self, entry: PersonEntry, thing: Person | None) -> PersonDraft:
        draft = self.draft_of(thing) if thing else PersonDraft(entry.email.lower(), entry.name)
        given = entry.given("name", "active")
        if "roles" in entry.model_fields_set:
            given["roles"] = frozenset(map(Right, entry.roles))
        if "slack" in entry.model_fields_set:
            known = {(account.team, account.user): account for account in draft.slack}
            given["slack"] = tuple(
                known.get((each.team, each.user), SlackAccount(each.team, each.user)) for each in entry.slack
            )
        return replace(draft, **given)

    def shown(self, draft: PersonDraft) -> dict[str, Any]:
        return {
            "name": draft.name,
            "roles": sorted(draft.roles),
            "slack": sorted(f"{account.team} {account.user}" for account in draft.slack),
            "active": draft.active,
        }

    async def create(self, draft: PersonDraft) -> Person:
        return await self.administering.create_person(self.actor, draft)

    async def update(self, thing: Person, draft: PersonDraft) -> Person:
        return await self.administering.update_person(self.actor, thing.id, draft)

    def unnamed(self, kept: set[UUID]) -> Iterable[tuple[str, Person]]:
        return [(person.email, person) for person in self.store.people.all() if person.active and person.id not in kept]

    async def remove(self, thing: Person) -> None:
        await self.update(thing, replace(self.draft_of(thing), active=False))

    @staticmethod
    def id_of(thing: Person) -> UUID:
        return thing.id

    def _gives_up(self, entry: PersonEntry) -> bool:
        person = self.stored(entry)
        if person is None or "slack" not in entry.model_fields_set:
            return False
        return bool({(a.team, a.user) for a in person.slack} - {(a.team, a.user) for a in entry.slack})


class GroupSection(Section[GroupEntry, ApproverGroup, GroupDraft]):
    """Approver groups; members are named by e-mail address."""

    key = "approverGroups"

    def name_of(self, entry: GroupEntry) -> str:
        return entry.name

    def stored(self, entry: GroupEntry) -> ApproverGroup | None:
        return self.store.groups.named(entry.name)

    def draft_of(self, thing: ApproverGroup) -> GroupDraft:
        members = tuple(person.email for person in self.store.people.among(thing.member_ids))
        return GroupDraft(thing.name, members, thing.slack_usergroup)

    def wanted(self, entry: GroupEntry, thing: ApproverGroup | None) -> GroupDraft:
        draft = self.draft_of(thing) if thing else GroupDraft(entry.name)
        given = entry.given("name", "slack_usergroup")
        if "members" in entry.model_fields_set:
            given["members"] = tuple(self._email(email, place) for place, email in enumerate(entry.members))
        return replace(draft, **given)

    def shown(self, draft: GroupDraft) -> dict[str, Any]:
        return {
            "name": draft.name,
            "members": sorted(set(draft.members)),
            "slackUsergroup": draft.slack_usergroup,
        }

    async def create(self, draft: GroupDraft) -> ApproverGroup:
        return await self.administering.create_group(self.actor, draft)

    async def update(self, thing: ApproverGroup, draft: GroupDraft) -> ApproverGroup:
        return await self.administering.update_group(self.actor, thing.id, draft)

    def unnamed(self, kept: set[UUID]) -> Iterable[tuple[str, ApproverGroup]]:
        return [(group.name, group) for group in self.store.groups.all() if group.id not in kept]

    async def remove(self, thing: ApproverGroup) -> None:
        await self.administering.delete_group(self.actor, thing.id)

    @staticmethod
    def id_of(thing: ApproverGroup) -> UUID:
        return thing.id

    def _email(self, email: str, place: int) -> str:
        person = self.store.people.by_email(email)
        if person is None:
            raise UnknownReferenceError("person with the e-mail address", email, ("members", place))
        return person.email
