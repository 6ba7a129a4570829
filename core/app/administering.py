"""Keeping environments, approval policies, approver groups, freeze windows and people: the work of administrators.

Each change is one transaction with its audit entry. Open promotions that depend on what changed are looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, TypeVar
from uuid import UUID

from core.app.accounts import require_one_human
from core.app.administered import administered
from core.app.appointing import require_not_oneself_changed, require_not_oneself_joining
from core.app.calendars import look_at_targets
from core.app.drafts import EnvironmentDraft, FreezeWindowDraft, GroupDraft, NotifyDraft, PersonDraft, PolicyDraft
from core.app.finding import found
from core.app.journal import Journal
from core.app.ports import Ports, Store
from core.app.syncing import ask_slack, membership
from core.app.watching import look_again_at_groups
from core.calendars.occurrences import require_first_occurrence
from core.domain.environment import Environment, FreezeWindow
from core.domain.events import Action
from core.domain.moment import moment_text
from core.domain.notify import Notify
from core.domain.people import Actor, Person, SlackAccount
from core.domain.policy import ApprovalPolicy, ApproverGroup, GroupRef
from core.domain.text import require_one_alphabet
from core.errors import InvalidError
from core.evidence.canonical import canonical, content_hash

T = TypeVar("T")


class Administering:
    """Creates, changes and deletes what promotions are decided by. Everything here needs the right `admin`.

    Every method raises ForbiddenError, InvalidError and, where they fit, NotFoundError, NameTakenError, InUseError, and
    SeparationOfDutiesError where somebody would make a voter of themself (`core.app.appointing`).
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def create_environment(self, actor: Actor, draft: EnvironmentDraft) -> Environment:
        """Store a new environment."""

        def body(journal: Journal) -> Environment:
            require_one_alphabet(draft.name, "name")
            environment = self._environment(journal.store, self._ports.new_id(), draft)
            journal.store.environments.add(environment)
            journal.note(Action.ENVIRONMENT_CREATED, environment.id, **_rules(environment))
            return environment

        return await administered(self._ports, actor, body)

    async def update_environment(self, actor: Actor, id: UUID, draft: EnvironmentDraft) -> Environment:
        """Store an environment's new state."""

        def body(journal: Journal) -> Environment:
            before = found(journal.store.environments.get(id), "environment", id)
            _require_renamed_well(before.name, draft.name)
            environment = self._environment(journal.store, id, draft)
            journal.store.environments.replace(environment)
            journal.note(Action.ENVIRONMENT_UPDATED, id, **_rules(environment))
            journal.look_again(journal.store.promotions.open_ids(environment_id=id))
            return environment

        return await administered(self._ports, actor, body)

    async def delete_environment(self, actor: Actor, id: UUID) -> None:
        """Forget an environment that nothing refers to."""

        def body(journal: Journal) -> None:
            environment = found(journal.store.environments.get(id), "environment", id)
            journal.store.environments.remove(id)
            journal.note(Action.ENVIRONMENT_DELETED, id, name=environment.name)

        await administered(self._ports, actor, body)

    async def create_policy(self, actor: Actor, draft: PolicyDraft) -> ApprovalPolicy:
        """Store a new approval policy; requests made before it keep theirs."""

        def body(journal: Journal) -> ApprovalPolicy:
            id = self._ports.new_id()
            policy = _policy(journal.store, id, draft)
            journal.store.policies.add(policy)
            journal.note(Action.POLICY_CREATED, id, **_terms(policy))
            return policy

        return await administered(self._ports, actor, body)

    async def update_policy(self, actor: Actor, id: UUID, draft: PolicyDraft) -> ApprovalPolicy:
        """Store a policy's new terms for later requests."""

        def body(journal: Journal) -> ApprovalPolicy:
            found(journal.store.policies.get(id), "approval policy", id)
            policy = _policy(journal.store, id, draft)
            journal.store.policies.replace(policy)
            journal.note(Action.POLICY_UPDATED, id, **_terms(policy))
            return policy

        return await administered(self._ports, actor, body)

    async def delete_policy(self, actor: Actor, id: UUID) -> None:
        """Forget a policy; requests made under it keep their copy."""

        def body(journal: Journal) -> None:
            policy = found(journal.store.policies.get(id), "approval policy", id)
            journal.store.policies.remove(id)
            journal.note(Action.POLICY_DELETED, id, **_terms(policy))

        await administered(self._ports, actor, body)

    async def create_group(self, actor: Actor, draft: GroupDraft) -> ApproverGroup:
        """Store a new approver group."""

        def body(journal: Journal) -> ApproverGroup:
            require_one_alphabet(draft.name, "name")
            group = _group(journal.store, self._ports.new_id(), draft)
            require_not_oneself_joining(actor, None, group)
            journal.store.groups.add(group)
            journal.note(Action.GROUP_CREATED, group.id, **membership(group.name, draft.members))
            ask_slack(journal)
            return group

        return await administered(self._ports, actor, body)

    async def update_group(self, actor: Actor, id: UUID, draft: GroupDraft) -> ApproverGroup:
        """Store a group's new members; votes of people who have left no longer count."""

        def body(journal: Journal) -> ApproverGroup:
            before = found(journal.store.groups.get(id), "approver group", id)
            group = _group(journal.store, id, draft)
            _require_renamed_well(before.name, draft.name)
            require_not_oneself_joining(actor, before, group)
            journal.store.groups.replace(group)
            journal.note(Action.GROUP_UPDATED, id, **membership(group.name, draft.members))
            _refresh_awaiting(journal)
            look_again_at_groups(journal, self._ports.gates, [group.name])
            ask_slack(journal)
            return group

        return await administered(self._ports, actor, body)

    async def delete_group(self, actor: Actor, id: UUID) -> None:
        """Forget a group that no policy names."""

        def body(journal: Journal) -> None:
            group = found(journal.store.groups.get(id), "approver group", id)
            journal.store.groups.remove(id)
            journal.note(Action.GROUP_DELETED, id, name=group.name)
            _refresh_awaiting(journal)

        await administered(self._ports, actor, body)

    async def create_freeze_window(self, actor: Actor, draft: FreezeWindowDraft) -> FreezeWindow:
        """Store a new freeze window."""

        def body(journal: Journal) -> FreezeWindow:
            window = _freeze_window(journal.store, self._ports.new_id(), draft)
            journal.store.freeze_windows.add(window)
            journal.note(Action.FREEZE_WINDOW_CREATED, window.id, **_frozen(window))
            look_at_targets(journal, window.environment_ids, window.components)
            return window

        return await administered(self._ports, actor, body)

    async def update_freeze_window(self, actor: Actor, id: UUID, draft: FreezeWindowDraft) -> FreezeWindow:
        """Store a freeze window's new times or environments."""

        def body(journal: Journal) -> FreezeWindow:
            before = found(journal.store.freeze_windows.get(id), "freeze window", id)
            window = _freeze_window(journal.store, id, draft)
            journal.store.freeze_windows.replace(window)
            journal.note(Action.FREEZE_WINDOW_UPDATED, id, **_frozen(window))
            for each in (before, window):
                look_at_targets(journal, each.environment_ids, each.components)
            return window

        return await administered(self._ports, actor, body)

    async def delete_freeze_window(self, actor: Actor, id: UUID) -> None:
        """Lift a freeze."""

        def body(journal: Journal) -> None:
            window = found(journal.store.freeze_windows.get(id), "freeze window", id)
            journal.store.freeze_windows.remove(id)
            journal.note(Action.FREEZE_WINDOW_DELETED, id, **_frozen(window))
            look_at_targets(journal, window.environment_ids, window.components)

        await administered(self._ports, actor, body)

    async def create_person(self, actor: Actor, draft: PersonDraft) -> Person:
        """Store a new person."""

        def body(journal: Journal) -> Person:
            require_one_alphabet(draft.name, "name")
            person = Person(id=self._ports.new_id(), **_fields(draft))
            require_one_human(journal.store, person)
            journal.store.people.add(person)
            journal.note(Action.PERSON_CREATED, person.id, **_standing(person))
            ask_slack(journal)
            return person

        return await administered(self._ports, actor, body)

    async def update_person(self, actor: Actor, id: UUID, draft: PersonDraft) -> Person:
        """Store a person's new name, roles and accounts, or deactivate; a deactivated person's votes do not count."""

        def body(journal: Journal) -> Person:
            before = found(journal.store.people.get(id), "person", id)
            _require_renamed_well(before.name, draft.name)
            require_not_oneself_changed(actor, before, draft)
            person = Person(id=id, **_fields(draft))
            person = replace(person, slack=tuple(_as_known(account, before) for account in person.slack))
            require_one_human(journal.store, person)
            journal.store.people.replace(person)
            journal.note(Action.PERSON_UPDATED, id, **_standing(person))
            _refresh_awaiting(journal)
            groups = journal.store.people.groups_of(id)
            look_again_at_groups(journal, self._ports.gates, [group.name for group in groups])
            ask_slack(journal)
            return person

        return await administered(self._ports, actor, body)

    def _environment(self, store: Store, id: UUID, draft: EnvironmentDraft) -> Environment:
        gates = self._ports.gates.checked(draft.gates)
        for gate, groups in self._ports.gates.groups_named(gates).items():
            _require_groups(store, f"gates.{gate}", groups)
        environment = Environment(
            id=id,
            name=draft.name,
            source_environment_id=draft.source_environment_id,
            require_sod=draft.require_sod,
            slack_channel=draft.slack_channel,
            gates=gates,
            announce=draft.announce,
            slack_team=draft.slack_team,
        )
        _require_no_circle(store, environment)
        return environment


def _require_renamed_well(before: str, after: str) -> None:
    if after != before:
        require_one_alphabet(after, "name")


def _require_groups(store: Store, field: str, names: Iterable[str]) -> None:
    for name in names:
        if store.groups.named(name) is None:
            hint = "Create the group first, with POST /api/v1/approver-groups or `countersign apply`."
            raise InvalidError(f"There is no approver group {name[:100]!r}", field=field, hint=hint)


def _require_no_circle(store: Store, environment: Environment) -> None:
    source_id, passed = environment.source_environment_id, {environment.id}
    while source_id is not None:
        if source_id in passed:
            raise InvalidError("Environments would be each other's source", field="sourceEnvironmentId")
        passed.add(source_id)
        source_id = _known_environment(store, source_id, "sourceEnvironmentId").source_environment_id


def _known_environment(store: Store, id: UUID, field: str) -> Environment:
    environment = store.environments.get(id)
    if environment is None:
        raise InvalidError(f"There is no environment {id}", field=field)
    return environment


def _policy(store: Store, id: UUID, draft: PolicyDraft) -> ApprovalPolicy:
    _known_environment(store, draft.environment_id, "environmentId")
    _require_groups(store, "approverGroups", draft.approver_groups)
    groups = [store.groups.named(name) for name in draft.approver_groups]
    references = {group.id: GroupRef(group.id, group.name) for group in groups if group}
    return ApprovalPolicy(
        id=id,
        name=draft.name,
        environment_id=draft.environment_id,
        required_approvals=draft.required_approvals,
        approver_groups=tuple(references.values()),
        require_separation_of_duties=draft.require_separation_of_duties,
        auto_expire_hours=draft.auto_expire_hours,
        notify=_notify(store, draft.notify),
    )


def _terms(policy: ApprovalPolicy) -> dict[str, Any]:
    """What a policy asks for, so that the log tells how the rules were at any time."""
    return {
        "name": policy.name,
        "digest": policy.digest,
        "environmentId": str(policy.environment_id),
        "requiredApprovals": policy.required_approvals,
        "approverGroups": [group.name for group in policy.approver_groups],
        "requireSeparationOfDuties": policy.require_separation_of_duties,
        "autoExpireHours": policy.auto_expire_hours,
    }


def _rules(environment: Environment) -> dict[str, Any]:
    """What an environment asks for; the digest is of its gates with their settings, as RFC 8785 writes them."""
    source = environment.source_environment_id
    return {
        "name": environment.name,
        "sourceEnvironmentId": str(source) if source else None,
        "requireSod": environment.require_sod,
        "gates": sorted(environment.gates),
        "gatesDigest": content_hash(canonical(environment.gates)),
    }


def _notify(store: Store, draft: NotifyDraft) -> Notify:
    group = store.groups.named(draft.escalate_to_group) if draft.escalate_to_group else None
    if draft.escalate_to_group and group is None:
        message = f"There is no approver group {draft.escalate_to_group[:100]!r}"
        raise InvalidError(message, field="notify.escalateToGroup")
    return Notify(draft.via, draft.remind_at_percent, draft.escalate_at_percent, group.id if group else None)


def _group(store: Store, id: UUID, draft: GroupDraft) -> ApproverGroup:
    """The group as drafted. Where Slack keeps the members, it counts as never read, so nobody gets in by a list."""
    members: set[UUID] = set()
    for email in draft.members:
        person = store.people.by_email(email)
        if person is None:
            hint = "Add the person first, with `countersign apply`."
            raise InvalidError(f"There is nobody with the e-mail address {email[:100]!r}", field="members", hint=hint)
        members.add(person.id)
    return ApproverGroup(id, draft.name, frozenset(members), draft.slack_usergroup)


def _freeze_window(store: Store, id: UUID, draft: FreezeWindowDraft) -> FreezeWindow:
    for environment_id in draft.environment_ids:
        _known_environment(store, environment_id, "environmentIds")
    ids = tuple(dict.fromkeys(draft.environment_ids))
    window = FreezeWindow(
        id,
        draft.name,
        ids,
        draft.starts_at,
        draft.ends_at,
        draft.reason,
        draft.components,
        draft.recurrence,
    )
    require_first_occurrence(window)
    return window


def _frozen(window: FreezeWindow) -> dict[str, Any]:
    """What is frozen, and when, so that the log tells what a window was that is gone."""
    return {
        "name": window.name,
        "startsAt": moment_text(window.starts_at),
        "endsAt": moment_text(window.ends_at),
        "recurs": window.recurrence is not None,
        "environmentIds": [str(id) for id in window.environment_ids],
    }


def _standing(person: Person) -> dict[str, Any]:
    """Who somebody is and may do, so that an account that was lent for a while stands in the log."""
    accounts = [f"{account.team}/{account.user}" for account in person.slack]
    return {"email": person.email, "roles": sorted(person.roles), "active": person.active, "slack": accounts}


def _fields(draft: PersonDraft) -> dict[str, Any]:
    return {field.name: getattr(draft, field.name) for field in fields(draft)}


def _as_known(account: SlackAccount, person: Person) -> SlackAccount:
    """The account with what Slack said of it: an administrator's edit must not make a voter of a guest."""
    known = (each for each in person.slack if (each.team, each.user) == (account.team, account.user))
    return next(known, account)


def _refresh_awaiting(journal: Journal) -> None:
    """Who may vote has changed, so the cards and direct messages of what awaits a vote have too."""
    journal.refresh_each(promotion.id for promotion in journal.store.promotions.awaiting())
