"""Approval policies."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from bot.api.schemas.base import ONE_PAGE, Body, Id, Listing, Name, Shown, example, meta_of
from core.app.drafts import NotifyDraft, PolicyDraft
from core.app.pages import Page
from core.domain.notify import Via
from core.domain.policy import MAX_APPROVALS, MAX_EXPIRE_HOURS, MAX_GROUPS, ApprovalPolicy

_TERMS = {
    "name": "production-policy",
    "environmentId": "a7e1f7c2-7c55-4a57-8d0b-5d6f0b6e1d02",
    "requiredApprovals": 2,
    "approverGroups": ["release-managers", "sre-team"],
    "requireSeparationOfDuties": True,
    "autoExpireHours": 24,
    "notify": {"via": "dm", "remindAtPercent": 50, "escalateAtPercent": 75, "escalateToGroup": "sre-team"},
}
_SHOWN = {
    "id": "7c9e6679-7425-40de-944b-e07fc1f90a08",
    **_TERMS,
    "digest": "sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
}


class NotifyBody(Body):
    """How approvers hear of a request. It changes nothing about who may approve."""

    via: Literal["dm", "channel", "usergroup"] = Field(
        default="dm",
        description="`dm`: a message to each; `channel`: the card alone; `usergroup`: a mention beside the card.",
    )
    remind_at_percent: int | None = Field(
        default=50, ge=1, le=99, description="One reminder at that part of the time to expiry; null: none."
    )
    escalate_at_percent: int | None = Field(
        default=None, ge=1, le=99, description="When `escalateToGroup` is asked too; null: never."
    )
    escalate_to_group: Name | None = Field(
        default=None, description="One of `approverGroups`, whose members are left in peace until then."
    )

    def draft(self) -> NotifyDraft:
        return NotifyDraft(Via(self.via), self.remind_at_percent, self.escalate_at_percent, self.escalate_to_group)


class NotifyShown(Shown):
    """How approvers hear of a request."""

    via: Via
    remind_at_percent: int | None
    escalate_at_percent: int | None
    escalate_to_group: str | None


class PolicyBody(Body):
    """The terms of an approval policy. Later edits touch later requests only."""

    model_config = example("ApprovalPolicyDraft", **_TERMS)

    name: Name = Field(description="Unique, whatever its letter case.")
    environment_id: Id = Field(description="Whose promotions it is for.")
    required_approvals: int = Field(
        ge=0, le=MAX_APPROVALS, description="How many people must approve; 0 means that gates alone decide."
    )
    approver_groups: list[Name] = Field(
        default=[], max_length=MAX_GROUPS, description="Names of approver groups; members of any of them count."
    )
    require_separation_of_duties: bool = Field(default=True, description="The requester may not approve.")
    auto_expire_hours: int | None = Field(
        default=None, ge=1, le=MAX_EXPIRE_HOURS, description="Undecided requests are cancelled after that; null: never."
    )

    notify: NotifyBody = Field(default=NotifyBody(), description="How approvers hear of a request.")

    def draft(self) -> PolicyDraft:
        return PolicyDraft(
            name=self.name,
            environment_id=self.environment_id,
            required_approvals=self.required_approvals,
            approver_groups=tuple(self.approver_groups),
            require_separation_of_duties=self.require_separation_of_duties,
            auto_expire_hours=self.auto_expire_hours,
            notify=self.notify.draft(),
        )


class PolicyShown(Shown):
    """An approval policy."""

    model_config = example("ApprovalPolicy", **_SHOWN)

    id: UUID | None
    name: str
    environment_id: UUID | None
    required_approvals: int
    approver_groups: list[str]
    require_separation_of_duties: bool
    auto_expire_hours: int | None
    notify: NotifyShown
    digest: str = Field(
        description="`sha256:` over the terms; evidence names the terms a request was made under by it."
    )


class PolicyList(Listing[PolicyShown]):
    """One page of approval policies by name."""

    model_config = example("ApprovalPolicyList", data=[_SHOWN], meta=ONE_PAGE)


def policy_of(policy: ApprovalPolicy) -> PolicyShown:
    return PolicyShown(
        id=policy.id,
        name=policy.name,
        environment_id=policy.environment_id,
        required_approvals=policy.required_approvals,
        approver_groups=[group.name for group in policy.approver_groups],
        require_separation_of_duties=policy.require_separation_of_duties,
        auto_expire_hours=policy.auto_expire_hours,
        notify=_notify_of(policy),
        digest=policy.digest,
    )


def _notify_of(policy: ApprovalPolicy) -> NotifyShown:
    notify, group = policy.notify, policy.escalation_group
    return NotifyShown(
        via=notify.via,
        remind_at_percent=notify.remind_at_percent,
        escalate_at_percent=notify.escalate_at_percent,
        escalate_to_group=group.name if group else None,
    )


def policies_of(page: Page[ApprovalPolicy]) -> PolicyList:
    return PolicyList(data=[policy_of(policy) for policy in page.items], meta=meta_of(page))
