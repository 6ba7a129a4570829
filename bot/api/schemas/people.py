"""People, approver groups, and who the caller is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal
from uuid import UUID

from pydantic import Field

from bot.api.schemas.base import ONE_PAGE, Address, Body, Email, Listing, Name, Shown, example, meta_of
from core.app.drafts import GroupDraft, PersonDraft
from core.app.pages import Page
from core.domain.people import ActorKind, Person, Right, SlackAccount
from core.domain.policy import ApproverGroup

Role = Literal[Right.REQUESTER, Right.APPROVER, Right.WAIVER, Right.EMERGENCY, Right.ADMIN]

_PERSON = {
    "email": "bob@example.com",
    "name": "Bob",
    "roles": ["requester"],
    "slack": [{"team": "T01", "user": "U02"}],
    "active": True,
}
_PERSON_SHOWN = {"id": "e4f7d8b1-94a3-4be7-8d53-2b6f1c0a9e04", **_PERSON}
_GROUP = {"name": "release-managers", "members": ["bob@example.com"], "slackUsergroup": ""}
_GROUP_SHOWN = {"id": "d2a84f5c-6b3e-4f10-9c8d-7e6f5a4b3c11", **_GROUP}


class SlackAccountBody(Body):
    """A Slack user of a workspace."""

    model_config = example("SlackAccountDraft", team="T01", user="U02")

    team: str = Field(pattern="^[TE][A-Z0-9]{1,30}$", description="The workspace's id (T... or E...).")
    user: str = Field(pattern="^[UW][A-Z0-9]{1,30}$", description="The user's id (U... or W...).")


class PersonBody(Body):
    """A human. Somebody who has left is deactivated, not deleted: the audit log still names them."""

    model_config = example("PersonDraft", **_PERSON)

    email: Email = Field(description="Unique, whatever its letter case.")
    name: Name = Field(description="As others see it.")
    roles: list[Role] = Field(default=[], max_length=10, description="Rights beyond reading.")
    slack: list[SlackAccountBody] = Field(default=[], max_length=50, description="The person's Slack accounts.")
    active: bool = Field(default=True, description="Who is not active can do nothing.")

    def draft(self) -> PersonDraft:
        return PersonDraft(
            email=self.email,
            name=self.name,
            roles=frozenset(self.roles),
            slack=tuple(SlackAccount(account.team, account.user) for account in self.slack),
            active=self.active,
        )


class SlackAccountShown(Shown):
    """A Slack user of a workspace."""

    model_config = example("SlackAccount", team="T01", user="U02")

    team: str
    user: str


class PersonShown(Shown):
    """A human."""

    model_config = example("Person", **_PERSON_SHOWN)

    id: UUID
    email: str
    name: str
    roles: list[Right]
    slack: list[SlackAccountShown]
    active: bool


class PersonList(Listing[PersonShown]):
    """One page of people by name."""

    model_config = example(data=[_PERSON_SHOWN], meta=ONE_PAGE)


class GroupBody(Body):
    """A named set of people. A group without members approves nothing."""

    model_config = example("ApproverGroupDraft", **_GROUP)

    name: Name = Field(description="Unique, whatever its letter case.")
    members: list[Address] = Field(default=[], max_length=1000, description="E-mail addresses of people.")
    slack_usergroup: str = Field(
        default="", pattern="^(S[A-Z0-9]{1,30})?$", description="The Slack user group that has the members, if any."
    )

    def draft(self) -> GroupDraft:
        return GroupDraft(name=self.name, members=tuple(self.members), slack_usergroup=self.slack_usergroup)


class GroupShown(Shown):
    """A named set of people."""

    model_config = example("ApproverGroup", **_GROUP_SHOWN)

    id: UUID
    name: str
    members: list[str]
    slack_usergroup: str


class GroupList(Listing[GroupShown]):
    """One page of approver groups by name."""

    model_config = example("ApproverGroupList", data=[_GROUP_SHOWN], meta=ONE_PAGE)


class Me(Shown):
    """Who the token stands for, and what it may do now."""

    model_config = example(
        kind="person", id="e4f7d8b1-94a3-4be7-8d53-2b6f1c0a9e04", name="Bob", rights=["approver", "reader", "requester"]
    )

    kind: ActorKind
    id: UUID | None
    name: str
    rights: list[Right]


def person_of(person: Person) -> PersonShown:
    return PersonShown(
        id=person.id,
        email=person.email,
        name=person.name,
        roles=sorted(person.roles),
        slack=[SlackAccountShown(team=account.team, user=account.user) for account in person.slack],
        active=person.active,
    )


def people_of(page: Page[Person]) -> PersonList:
    return PersonList(data=[person_of(person) for person in page.items], meta=meta_of(page))


def group_of(group: ApproverGroup, emails: Mapping[UUID, str]) -> GroupShown:
    members = sorted(emails[id] for id in group.member_ids if id in emails)
    return GroupShown(id=group.id, name=group.name, members=members, slack_usergroup=group.slack_usergroup)


def groups_of(page: Page[ApproverGroup], emails: Mapping[UUID, str]) -> GroupList:
    return GroupList(data=[group_of(group, emails) for group in page.items], meta=meta_of(page))


def emails_of(people: Iterable[Person]) -> dict[UUID, str]:
    return {person.id: person.email for person in people}
