"""`environments` and `approvalPolicies`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any
from uuid import UUID

from bot.cli.configuration.schema import EnvironmentEntry, PolicyEntry
from bot.cli.configuration.section import Section, UnknownReferenceError
from bot.cli.configuration.yaml_tree import Path
from core.app.drafts import DEFAULT_NOTIFY_DRAFT, EnvironmentDraft, NotifyDraft, PolicyDraft
from core.app.ports import Store
from core.domain.environment import Environment
from core.domain.policy import ApprovalPolicy
from core.domain.text import name_key


class EnvironmentSection(Section[EnvironmentEntry, Environment, EnvironmentDraft]):
    """Environments; each is stored after the one that it promotes from."""

    key = "environments"
    field_paths = {"sourceEnvironmentId": "promotesFrom"}  # noqa: RUF012

    def ordered(self, entries: Sequence[EnvironmentEntry]) -> Iterable[tuple[int, EnvironmentEntry]]:
        places = {name_key(entry.name): (place, entry) for place, entry in enumerate(entries)}
        sources = {name: [name_key(entry.promotes_from or "")] for name, (_, entry) in places.items()}
        try:
            return [places[name] for name in TopologicalSorter(sources).static_order() if name in places]
        except CycleError:
            return places.values()  # the use case refuses it, in its own words

    def name_of(self, entry: EnvironmentEntry) -> str:
        return entry.name

    def stored(self, entry: EnvironmentEntry) -> Environment | None:
        return self.store.environments.named(entry.name)

    def draft_of(self, thing: Environment) -> EnvironmentDraft:
        return EnvironmentDraft(
            thing.name,
            thing.source_environment_id,
            thing.require_sod,
            thing.slack_channel,
            thing.gates,
            thing.announce,
            thing.slack_team,
        )

    def wanted(self, entry: EnvironmentEntry, thing: Environment | None) -> EnvironmentDraft:
        draft = self.draft_of(thing) if thing else EnvironmentDraft(entry.name)
        given = entry.given("name", "require_sod", "slack_channel", "slack_team", "announce")
        if "gates" in entry.model_fields_set:
            given["gates"] = {name: settings or {} for name, settings in entry.gates.items()}
        if "promotes_from" in entry.model_fields_set:
            source = entry.promotes_from
            given["source_environment_id"] = environment_id(self.store, source, ("promotesFrom",)) if source else None
        draft = replace(draft, **given)
        return replace(draft, gates=self.gates.checked(draft.gates))

    def shown(self, draft: EnvironmentDraft) -> dict[str, Any]:
        source = draft.source_environment_id
        return {
            "name": draft.name,
            "promotesFrom": environment_name(self.store, source) if source else None,
            "requireSod": draft.require_sod,
            "slackChannel": draft.slack_channel,
            "slackTeam": draft.slack_team,
            "announce": draft.announce,
            **{f"gates.{name}": dict(settings) for name, settings in draft.gates.items()},
        }

    async def create(self, draft: EnvironmentDraft) -> Environment:
        return await self.administering.create_environment(self.actor, draft)

    async def update(self, thing: Environment, draft: EnvironmentDraft) -> Environment:
        return await self.administering.update_environment(self.actor, thing.id, draft)

    def unnamed(self, kept: set[UUID]) -> Iterable[tuple[str, Environment]]:
        """What nothing is promoted from goes first."""
        stored = {environment.id: environment for environment in self.store.environments.all()}
        sources = {id: [each.source_environment_id] for id, each in stored.items() if each.source_environment_id}
        ordered = [*TopologicalSorter({id: sources.get(id, []) for id in stored}).static_order()]
        return [(stored[id].name, stored[id]) for id in reversed(ordered) if id not in kept]

    async def remove(self, thing: Environment) -> None:
        await self.administering.delete_environment(self.actor, thing.id)

    @staticmethod
    def id_of(thing: Environment) -> UUID:
        return thing.id


class PolicySection(Section[PolicyEntry, ApprovalPolicy, PolicyDraft]):
    """Approval policies."""

    key = "approvalPolicies"
    field_paths = {"environmentId": "environment"}  # noqa: RUF012

    def name_of(self, entry: PolicyEntry) -> str:
        return entry.name

    def stored(self, entry: PolicyEntry) -> ApprovalPolicy | None:
        return self.store.policies.named(entry.name)

    def draft_of(self, thing: ApprovalPolicy) -> PolicyDraft:
        assert thing.environment_id is not None, "a stored policy has an environment"  # noqa: S101  # nosec B101
        return PolicyDraft(
            thing.name,
            thing.environment_id,
            thing.required_approvals,
            tuple(group.name for group in thing.approver_groups),
            thing.require_separation_of_duties,
            thing.auto_expire_hours,
            _notify_draft(thing),
        )

    def wanted(self, entry: PolicyEntry, thing: ApprovalPolicy | None) -> PolicyDraft:
        target_id = environment_id(self.store, entry.environment, ("environment",))
        draft = self.draft_of(thing) if thing else PolicyDraft(entry.name, target_id, 0, ())
        given = entry.given("name", "required_approvals", "require_separation_of_duties", "auto_expire_hours")
        if "approver_groups" in entry.model_fields_set:
            given["approver_groups"] = tuple(
                self._group(name, place) for place, name in enumerate(entry.approver_groups)
            )
        if "notify" in entry.model_fields_set:
            given["notify"] = entry.notify.draft()
        return replace(draft, environment_id=target_id, **given)

    def shown(self, draft: PolicyDraft) -> dict[str, Any]:
        return {
            "name": draft.name,
            "environment": environment_name(self.store, draft.environment_id),
            "requiredApprovals": draft.required_approvals,
            "approverGroups": sorted(set(draft.approver_groups)),
            "requireSeparationOfDuties": draft.require_separation_of_duties,
            "autoExpireHours": draft.auto_expire_hours,
            **_shown_notify(draft.notify),
        }

    async def create(self, draft: PolicyDraft) -> ApprovalPolicy:
        return await self.administering.create_policy(self.actor, draft)

    async def update(self, thing: ApprovalPolicy, draft: PolicyDraft) -> ApprovalPolicy:
        return await self.administering.update_policy(self.actor, self.id_of(thing), draft)

    def unnamed(self, kept: set[UUID]) -> Iterable[tuple[str, ApprovalPolicy]]:
        return [(policy.name, policy) for policy in self.store.policies.all() if policy.id not in kept]

    async def remove(self, thing: ApprovalPolicy) -> None:
        await self.administering.delete_policy(self.actor, self.id_of(thing))

    @staticmethod
    def id_of(thing: ApprovalPolicy) -> UUID:
        assert thing.id is not None, "a stored policy has an id"  # noqa: S101  # nosec B101
        return thing.id

    def _group(self, name: str, place: int) -> str:
        group = self.store.groups.named(name)
        if group is None:
            raise UnknownReferenceError("approver group", name, ("approverGroups", place))
        return group.name


def _notify_draft(policy: ApprovalPolicy) -> NotifyDraft:
    notify, group = policy.notify, policy.escalation_group
    name = group.name if group else None
    return NotifyDraft(notify.via, notify.remind_at_percent, notify.escalate_at_percent, name)


def _shown_notify(draft: NotifyDraft) -> dict[str, Any]:
    """What is not as usual, so that a file that says nothing of it shows nothing."""
    if draft == DEFAULT_NOTIFY_DRAFT:
        return {}
    return {
        "notify.via": draft.via.value,
        "notify.remindAtPercent": draft.remind_at_percent,
        "notify.escalateAtPercent": draft.escalate_at_percent,
        "notify.escalateToGroup": draft.escalate_to_group,
    }


def environment_id(store: Store, name: str, path: Path) -> UUID:
    """The id of an environment by name. Raises UnknownReferenceError."""
    environment = store.environments.named(name)
    if environment is None:
        raise UnknownReferenceError("environment", name, path)
    return environment.id


def environment_name(store: Store, id: UUID) -> str:
    """The name of an environment; its id where it is gone."""
    environment = store.environments.get(id)
    return environment.name if environment else str(id)
