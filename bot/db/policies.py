"""Approver groups with their members, and approval policies with their groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row as TableRow
from sqlalchemy import delete, insert, select

from bot.db import tables
from bot.db.named import NamedRows
from bot.db.snapshots import notify_from, notify_json, reading_from, reading_json
from bot.db.statements import Row
from core.domain.policy import ApprovalPolicy, ApproverGroup, GroupRef
from core.domain.text import name_key


class Groups(NamedRows[ApproverGroup]):
    """Catalogue[ApproverGroup] of `core.app.ports`."""

    table = tables.approver_groups
    called = "approver group"
    _members = tables.approver_group_members

    def with_member(self, person_id: UUID) -> tuple[ApproverGroup, ...]:
        """The groups that a person is in, by name."""
        of_person = select(self._members.c.group_id).where(self._members.c.person_id == person_id)
        return self._many(self._by_name().where(self.table.c.id.in_(of_person)))

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
            chosen = select(self._members).where(self._members.c.group_id.in_([row.id for row in rows]))
            for member in self._connection.execute(chosen):
                members[member.group_id].add(member.person_id)
        for row in rows:
            reading = reading_from(row.reading)
            yield ApproverGroup(row.id, row.name, frozenset(members[row.id]), row.slack_usergroup, reading)

    def _put_parts(self, thing: ApproverGroup) -> None:
        if thing.member_ids:
            members = [{"group_id": thing.id, "person_id": person_id} for person_id in sorted(thing.member_ids)]
            self._connection.execute(insert(self._members), members)

    def _drop_parts(self, id: UUID) -> None:
        self._connection.execute(delete(self._members).where(self._members.c.group_id == id))


class Policies(NamedRows[ApprovalPolicy]):
    """Policies of `core.app.ports`. `approver_roles` belong to the default policy, which is never stored."""

    table = tables.approval_policies
    called = "approval policy"
    _links = tables.approval_policy_groups

    def of_environment(self, environment_id: UUID) -> tuple[ApprovalPolicy, ...]:
        self._rules.keep()
        return self._many(self._by_name().where(self.table.c.environment_id == environment_id))

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
            groups = tables.approver_groups
            links = select(self._links.c.policy_id, groups.c.id, groups.c.name).join_from(self._links, groups)
            chosen = links.where(self._links.c.policy_id.in_(ids)).order_by(self._links.c.position)
            for link in self._connection.execute(chosen):
                found[link.policy_id].append(GroupRef(link.id, link.name))
        return found

    def _put_parts(self, thing: ApprovalPolicy) -> None:
        if thing.approver_groups:
            links = [
                {"policy_id": thing.id, "position": position, "group_id": group.id}
                for position, group in enumerate(thing.approver_groups)
            ]
            self._connection.execute(insert(self._links), links)

    def _drop_parts(self, id: UUID) -> None:
        self._connection.execute(delete(self._links).where(self._links.c.policy_id == id))
