"""Approver groups whose members Slack keeps: reading them, and refusing to decide by what is too old.

Slack is asked before a transaction, never inside. What it answers counts from the moment it was asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.app.journal import Journal
from core.app.outbox import Errand
from core.app.ports import Ports, Store
from core.app.usergroups import Heard
from core.app.watching import look_again_at_groups
from core.domain.events import Action
from core.domain.people import SYSTEM_REF, Actor, Person
from core.domain.policy import ApproverGroup
from core.domain.promotion import Promotion
from core.errors import MembershipUnknownError, UnavailableError
from core.evidence.canonical import canonical, content_hash
from core.gates.registry import GateRegistry

ALL_USERGROUPS = UUID(int=0)
"""The subject of the errand that reads all user groups; it stands for no single thing."""


class Syncing:
    """Keeps approver groups as Slack's user groups are."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def sync(self, correlation_id: str = "") -> tuple[ApproverGroup, ...]:
        """Read all user groups that approver groups name, and return these groups as they are then.

        Raises UnavailableError where a workspace does not say; then nothing of its groups has changed.
        """
        transactions, asked_at = self._ports.transactions, self._ports.clock()
        if not await transactions.read(kept_by_slack):
            return ()
        heard = await self._ports.usergroups.all()
        actor = Actor(SYSTEM_REF, "slack", correlation_id=correlation_id)
        gates = self._ports.gates
        groups = await transactions.write(lambda store: _store(Journal(store, actor, asked_at), heard, gates))
        self._ports.wake()
        if not all(group.read_since(asked_at, asked_at) for group in groups):
            raise UnavailableError(heard.problem, hint="It is asked again by itself.")
        return groups

    async def sync_since(self, moment: datetime, correlation_id: str = "") -> None:
        """Read them unless that was done since `moment`. Raises UnavailableError as `sync` does."""
        groups, now = await self._ports.transactions.read(kept_by_slack), self._ports.clock()
        if not all(group.read_since(moment, now) for group in groups):
            await self.sync(correlation_id)

    async def ask_soon(self, correlation_id: str = "") -> None:
        """Have the user groups read after this, again until it goes well."""
        actor = Actor(SYSTEM_REF, "slack", correlation_id=correlation_id)
        now = self._ports.clock()
        await self._ports.transactions.write(lambda store: ask_slack(Journal(store, actor, now)))
        self._ports.wake()


def kept_by_slack(store: Store) -> tuple[ApproverGroup, ...]:
    """The approver groups whose members are those of a user group."""
    return tuple(group for group in store.groups.all() if group.slack_usergroup)


def ask_slack(journal: Journal) -> None:
    """Leave the errand that reads the user groups, where any approver group names one."""
    if kept_by_slack(journal.store):
        journal.tell(ALL_USERGROUPS, Errand.USERGROUPS)


def require_known_members(
    store: Store, promotion: Promotion, since: datetime, now: datetime, problem: str = ""
) -> None:
    """Raise MembershipUnknownError where a user group that may decide was not read between these moments.

    `problem` says why Slack could not be asked just now.
    """
    ids = {group.id for policy in promotion.policies for group in policy.approver_groups}
    groups = (store.groups.get(id) for id in ids)
    stale = sorted(group.name for group in groups if group and not group.read_since(since, now))
    if stale:
        why = f": {problem}" if problem else ""
        raise MembershipUnknownError(
            f"Who is in {', '.join(stale)} is kept by Slack, and was not read lately{why}",
            hint="Nothing was stored. Try again when Slack answers.",
            approverGroups=stale,
        )


def adopt(store: Store, person: Person) -> None:
    """Let a person into the user groups that one of the person's accounts is in, as Slack was last read."""
    for group in kept_by_slack(store):
        reading = group.reading
        if reading and any(each.team == reading.team and each.user in reading.unknown for each in person.slack):
            store.groups.replace(group.with_newcomer(person))


def membership(name: str, members: Sequence[str]) -> dict[str, Any]:
    """What the audit log keeps of a group; the digest is of `{"members": [...]}` as RFC 8785 writes it."""
    digest = content_hash(canonical({"members": list(members)}))
    return {"name": name, "members": list(members), "memberCount": len(members), "membersDigest": digest}


def _store(journal: Journal, heard: Heard, gates: GateRegistry) -> tuple[ApproverGroup, ...]:
    everybody = journal.store.people.all()
    owners = {(account.team, account.user): person.id for person in everybody for account in person.slack}
    before = kept_by_slack(journal.store)
    after = tuple(_as_heard(group, heard, owners, journal.now) for group in before)
    changed = [new for old, new in zip(before, after, strict=True) if new.member_ids != old.member_ids]
    for old, new in zip(before, after, strict=True):
        if new != old:
            journal.store.groups.replace(new)
    for group in changed:
        members = [person.email for person in everybody if person.id in group.member_ids]
        journal.note(Action.GROUP_UPDATED, group.id, **membership(group.name, members), source="slack")
    if changed:
        refresh_awaiting(journal, [group.id for group in changed])
        look_again_at_groups(journal, gates, [group.name for group in changed])
    return after


def _as_heard(
    group: ApproverGroup, heard: Heard, owners: Mapping[tuple[str, str], UUID], at: datetime
) -> ApproverGroup:
    """The group as it was read, or as it was known where it may be one of a workspace that did not answer."""
    usergroup, team = heard.groups.get(group.slack_usergroup), group.reading.team if group.reading else ""
    if team in heard.silent or (usergroup is None and heard.silent and (not team or "" in heard.silent)):
        return group
    return group.as_read(usergroup, owners, at)


def refresh_awaiting(journal: Journal, group_ids: Iterable[UUID]) -> None:
    """Have cards and direct messages of what these groups may decide brought up to date."""
    wanted = set(group_ids)
    journal.refresh_each(
        promotion.id
        for promotion in journal.store.promotions.awaiting()
        if any(group.id in wanted for policy in promotion.policies for group in policy.approver_groups)
    )
