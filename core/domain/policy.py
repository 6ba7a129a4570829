"""Approval policies: how many people out of which groups must approve.

Several policies on one environment must all be satisfied. One person may count for more than one policy, and once
for each. An environment without a policy falls back to DEFAULT_POLICY. An empty group approves nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.domain.notify import DEFAULT_NOTIFY, Notify
from core.domain.people import Person, Right
from core.domain.text import checked_name
from core.domain.usergroup import Reading, UserGroup
from core.errors import InvalidError

MAX_APPROVALS = 100
MAX_EXPIRE_HOURS = 24 * 365
MAX_GROUPS = 50
CLOCKS_APART = timedelta(minutes=1)
"""By how much the clocks of replicas may differ. A reading further ahead is from a clock that was set back since."""


@dataclass(frozen=True, slots=True)
class ApproverGroup:
    """A named set of people. `slack_usergroup` (an id like `S0123`) says where Slack keeps the members.

    `reading` is how Slack was last read for it; None as long as it was not.
    """

    id: UUID
    name: str
    member_ids: frozenset[UUID] = frozenset()
    slack_usergroup: str = ""
    reading: Reading | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", checked_name(self.name, "name"))
        if self.slack_usergroup and not re.fullmatch(r"S[A-Z0-9]{1,30}", self.slack_usergroup):
            hint = "Slack shows the id (S...) under the user group's menu."
            raise InvalidError("slackUsergroup is not the id of a Slack user group", field="slackUsergroup", hint=hint)

    def as_read(
        self, usergroup: UserGroup | None, owners: Mapping[tuple[str, str], UUID], at: datetime
    ) -> ApproverGroup:
        """The group with the members that Slack names; nobody where the user group is disabled or gone (None).

        `owners` are people by team and user of their Slack accounts. An older reading never replaces a newer one,
        unless that is dated in the future: whoever left since must not stay in until the clock has caught up.
        """
        if self.reading and at < self.reading.at <= at + CLOCKS_APART:
            return self
        if usergroup is None or not usergroup.enabled:
            return replace(self, member_ids=frozenset(), reading=Reading(at, enabled=False))
        known = {
            user: owners.get((usergroup.team, user)) or owners.get((usergroup.enterprise, user))
            for user in usergroup.users
        }
        unknown = tuple(sorted(user for user, owner in known.items() if owner is None))
        members = frozenset(owner for owner in known.values() if owner is not None)
        return replace(self, member_ids=members, reading=Reading(at, usergroup.team, True, unknown))

    def with_newcomer(self, person: Person) -> ApproverGroup:
        """The group with somebody in it who was unknown when Slack was read."""
        if self.reading is None:
            return self
        users = {account.user for account in person.slack if account.team == self.reading.team}
        unknown = tuple(user for user in self.reading.unknown if user not in users)
        return replace(self, member_ids=self.member_ids | {person.id}, reading=replace(self.reading, unknown=unknown))

    def read_since(self, moment: datetime, now: datetime) -> bool:
        """Whether the members are known as they were at that moment or later; always where Slack does not keep them.

        A reading that is dated after `now` tells nothing.
        """
        return not self.slack_usergroup or (
            self.reading is not None and moment <= self.reading.at <= now + CLOCKS_APART
        )


@dataclass(frozen=True, slots=True)
class GroupRef:
    """An approver group as a policy remembers it."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """What people must do before a release may enter an environment.

    `required_approvals` 0 means that gates alone decide. `approver_roles` is set only in DEFAULT_POLICY, which asks
    for a role where others name groups. `auto_expire_hours` None means that a request stays open until decided.
    `notify` says how approvers hear of it: nothing about who may approve, so it is no part of `digest`.
    """

    id: UUID | None
    name: str
    environment_id: UUID | None
    required_approvals: int
    approver_groups: tuple[GroupRef, ...]
    require_separation_of_duties: bool = True
    auto_expire_hours: int | None = None
    approver_roles: frozenset[Right] = frozenset()
    notify: Notify = DEFAULT_NOTIFY

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", checked_name(self.name, "name"))
        if not 0 <= self.required_approvals <= MAX_APPROVALS:
            raise InvalidError(
                f"requiredApprovals must be between 0 and {MAX_APPROVALS}",
                field="requiredApprovals",
                hint="0 means that gates alone decide.",
            )
        if self.auto_expire_hours is not None and not 1 <= self.auto_expire_hours <= MAX_EXPIRE_HOURS:
            raise InvalidError(
                f"autoExpireHours must be between 1 and {MAX_EXPIRE_HOURS}",
                field="autoExpireHours",
                hint="Leave it out for requests that never expire.",
            )
        if len(self.approver_groups) > MAX_GROUPS:
            raise InvalidError(f"A policy names at most {MAX_GROUPS} groups", field="approverGroups")
        if self.required_approvals and not self.approver_groups and not self.approver_roles:
            raise InvalidError("A policy that asks for approvals needs a group to give them", field="approverGroups")
        if self.notify.escalate_to_group is not None and self.escalation_group is None:
            raise InvalidError(
                "escalateToGroup must be one of the policy's own approver groups",
                field="notify.escalateToGroup",
                hint="Only approvers are told to approve: name the group in approverGroups too.",
            )

    @property
    def escalation_group(self) -> GroupRef | None:
        """The approver group that is left in peace until nobody else has acted."""
        return next((group for group in self.approver_groups if group.id == self.notify.escalate_to_group), None)

    @property
    def digest(self) -> str:
        """`sha256:` over the terms of the policy: what a promotion was requested under."""
        terms: Mapping[str, Any] = {
            "name": self.name,
            "requiredApprovals": self.required_approvals,
            "approverGroups": sorted(group.name for group in self.approver_groups),
            "approverRoles": sorted(self.approver_roles),
            "requireSeparationOfDuties": self.require_separation_of_duties,
            "autoExpireHours": self.auto_expire_hours,
        }
        return "sha256:" + hashlib.sha256(json.dumps(terms, sort_keys=True).encode()).hexdigest()


DEFAULT_POLICY = ApprovalPolicy(
    id=None,
    name="default-policy",
    environment_id=None,
    required_approvals=1,
    approver_groups=(),
    require_separation_of_duties=True,
    approver_roles=frozenset({Right.APPROVER, Right.ADMIN}),
)


@dataclass(frozen=True, slots=True)
class Electorate:
    """Who could vote at one moment: the active people in each group, and the active people with each role."""

    by_group: Mapping[UUID, Set[UUID]]
    by_role: Mapping[Right, Set[UUID]]

    def of(self, policy: ApprovalPolicy) -> frozenset[UUID]:
        """The people whose vote counts for that policy."""
        groups = (self.by_group.get(group.id, frozenset()) for group in policy.approver_groups)
        roles = (self.by_role.get(role, frozenset()) for role in policy.approver_roles)
        return frozenset().union(*groups, *roles)


@dataclass(frozen=True, slots=True)
class PolicyProgress:
    """How far one policy is satisfied: `approvals` people of those who count have approved."""

    policy: ApprovalPolicy
    approvals: int

    @property
    def satisfied(self) -> bool:
        """Whether enough people have approved."""
        return self.approvals >= self.policy.required_approvals


@dataclass(frozen=True, slots=True)
class Quorum:
    """How far all policies of a promotion are satisfied.

    `approvals` counts no policy beyond what it requires, so `approvals >= required` holds exactly when each one is
    satisfied. No policy at all satisfies nothing.
    """

    policies: tuple[PolicyProgress, ...]

    @property
    def required(self) -> int:
        """How many approvals the policies ask for together."""
        return sum(progress.policy.required_approvals for progress in self.policies)

    @property
    def approvals(self) -> int:
        """How many of those have been given."""
        return sum(min(progress.approvals, progress.policy.required_approvals) for progress in self.policies)

    @property
    def met(self) -> bool:
        """Whether the promotion may be approved."""
        return bool(self.policies) and all(progress.satisfied for progress in self.policies)


def quorum(policies: Iterable[ApprovalPolicy], approvers: Set[UUID], electorate: Electorate) -> Quorum:
    """Count the people in `approvers` for each policy that they may vote under."""
    return Quorum(tuple(PolicyProgress(policy, len(electorate.of(policy) & approvers)) for policy in policies))
