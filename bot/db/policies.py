"""Approver groups with their members, and approval policies with their groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row as TableRow
from sqlalchemy import bindparam, delete, insert, select

from bot.db import tables
from bot.db.named import NamedRows
from bot.db.prepared import Prepared
from bot.db.snapshots import notify_from, notify_json, reading_from, reading_json
from bot.db.statements import Row
from core.domain.policy import ApprovalPolicy, ApproverGroup, GroupRef
from core.domain.text import name_key

_groups, _members = tables.approver_groups, tables.approver_group_members
_policies, _links = tables.approval_policies, tables.approval_policy_groups
_WITH_MEMBER = Prepared(
    select(_groups)
    .where(_groups.c.id.in_(select(_members.c.group_id).where(_members.c.person_id == bindparam("person"))))
    .order_by(_groups.c.name_key, _groups.c.id)
)
_MEMBERS = Prepared(select(_members).where(_members.c.group_id.in_(bindparam("groups", expanding=True))))
_OF_ENVIRONMENT = Prepared(
    select(_policies)
    .where(_policies.c.environment_id == bindparam("environment"))
    .order_by(_policies.c.name_key, _policies.c.id)
)
_GROUPS_OF = Prepared(
    select(_links.c.policy_id, _groups.c.id, _groups.c.name)
    .join_from(_links, _groups)
    .where(_links.c.policy_id.in_(bindparam("policies", expanding=True)))
    .order_by(_links.c.position)
)


class Groups(NamedRows[ApproverGroup]):
    """Catalogue[ApproverGroup] of `core.app.ports`."""

    table = _groups
    called = "approver group"

    def with_member(self, person_id: UUID) -> tuple[ApproverGroup, ...]:
        """The groups that a person is in, by name."""
        return tuple(self._things(_WITH_MEMBER.all(self._connection, person=person_id)))

    def _row(self, thing: ApproverGroup) -> Row:
        return {
            "id": thing.id,
            "name": thing.name,
            "name_key": name_key(thing.name),
            "slack_usergroup": thing.slack_usergroup,
            "reading": reading_json(thing.reading),
        }

    def _things(self, rows: Sequence[TableRow[Any]]) -> Iterable[ApproverGroup]:
        members: defaultdict[UUID, set[UUID]] = defaultdict(set)
        if rows:
            for member in _MEMBERS.all(self._connection, groups=[row.id for row in rows]):
                members[member.group_id].add(member.person_id)
        for row in rows:
            reading = reading_from(row.reading)
            yield ApproverGroup(row.id, row.name, frozenset(members[row.id]), row.slack_usergroup, reading)

    def _put_parts(self, thing: ApproverGroup) -> None:
        if thing.member_ids:
            members = [{"group_id": thing.id, "person_id": person_id} for person_id in sorted(thing.member_ids)]
            self._connection.execute(insert(_members), members)

    def _drop_parts(self, id: UUID) -> None:
        self._connection.execute(delete(_members).where(_members.c.group_id == id))


class Policies(NamedRows[ApprovalPolicy]):
    """Policies of `core.app.ports`. `approver_roles` belong to the default policy, which is never stored."""

    table = _policies
    called = "approval policy"

    def of_environment(self, environment_id: UUID) -> tuple[ApprovalPolicy, ...]:
        self._rules.keep()
        return tuple(self._things(_OF_ENVIRONMENT.all(self._connection, environment=environment_id)))

    def _row(self, thing: ApprovalPolicy) -> Row:
        return {
            "id": thing.id,
            "name": thing.name,
            "name_key": name_key(thing.name),
            "environment_id": thing.environment_id,
            "required_approvals": thing.required_approvals,
            "require_separation_of_duties": thing.require_separation_of_duties,
            "auto_expire_hours": thing.auto_expire_hours,
            "notify": notify_json(thing.notify),
        }

    def _things(self, rows: Sequence[TableRow[Any]]) -> Iterable[ApprovalPolicy]:
        groups = self._groups_of([row.id for row in rows])
        for row in rows:
            yield ApprovalPolicy(
                id=row.id,
                name=row.name,
                environment_id=row.environment_id,
                required_approvals=row.required_approvals,
                approver_groups=tuple(groups[row.id]),
                require_separation_of_duties=row.require_separation_of_duties,
                auto_expire_hours=row.auto_expire_hours,
                notify=notify_from(row.notify),
            )

    def _groups_of(self, ids: Sequence[UUID]) -> dict[UUID, list[GroupRef]]:
        found: defaultdict[UUID, list[GroupRef]] = defaultdict(list)
        if ids:
            for link in _GROUPS_OF.all(self._connection, policies=list(ids)):
                found[link.policy_id].append(GroupRef(link.id, link.name))
        return found

    def _put_parts(self, thing: ApprovalPolicy) -> None:
        if thing.approver_groups:
            links = [
                {"policy_id": thing.id, "position": position, "group_id": group.id}
                for position, group in enumerate(thing.approver_groups)
            ]
            self._connection.execute(insert(_links), links)

    def _drop_parts(self, id: UUID) -> None:
        self._connection.execute(delete(_links).where(_links.c.policy_id == id))
