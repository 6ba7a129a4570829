"""Promotions: the request, the line in a list, and everything about one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from bot.api.schemas.base import ONE_PAGE, Body, Id, Listing, Shown, ShownActor, Text, example, meta_of, shown_actor
from bot.api.schemas.decisions import Approval, DecisionShown, approval_of, decision_of
from bot.api.schemas.emergencies import FreezeExemptionShown, exemption_of
from bot.api.schemas.gates import FREEZE, SECURITY, Gate, gate_of
from core.app.pages import Page
from core.app.reading import PromotionView
from core.domain.decision import decision_record
from core.domain.policy import PolicyProgress
from core.domain.promotion import CloseReason, Promotion, Status
from core.domain.release import DeploymentStatus
from core.domain.seen import seen_digest

_RELEASE = "5a0c4d0e-51d2-4c6e-9a51-0f6f3f5b8a01"
_TARGET = "a7e1f7c2-7c55-4a57-8d0b-5d6f0b6e1d02"
_SUMMARY: Mapping[str, Any] = {
    "id": "c0b7e6a4-1f0b-4a59-9d0c-6d1f4f0e7a03",
    "releaseId": _RELEASE,
    "releaseName": "myapp-v2.3.1",
    "sourceEnvironmentId": "0d7f6c0a-6f0e-4a4b-b7b1-3f5e5a1c9f06",
    "sourceEnvironmentName": "Staging",
    "targetEnvironmentId": _TARGET,
    "targetEnvironmentName": "Production",
    "status": "awaiting_approval",
    "requestedBy": "b6d3a1f0-2c9e-4d55-a5d0-8c7a2b3e4f07",
    "requestedByName": "Alice",
    "requestedAt": "2026-01-10T14:23:45Z",
    "reason": "Deploying v2.3.1 with critical bug fix",
    "expiresAt": "2026-01-11T14:23:45Z",
    "decidedAt": None,
    "closeReason": None,
    "externalUrl": None,
}


class PromotionRequest(Body):
    """A release that is to go to an environment."""

    model_config = example(
        releaseId=_RELEASE, targetEnvironmentId=_TARGET, reason="Deploying v2.3.1 with critical bug fix"
    )

    release_id: Id = Field(description="What is to be promoted.")
    target_environment_id: Id = Field(description="Where to.")
    reason: Text = Field(default="", description="Why; approvers read it.")


class DeploymentReport(Body):
    """How the deployment of an approved promotion goes."""

    model_config = example(
        status="deployed", externalUrl="https://ci.example.com/runs/4711", message="Rolled out to 12 of 12 hosts"
    )

    status: DeploymentStatus = Field(description="The step that has been taken.")
    external_url: str = Field(
        default="",
        max_length=2000,
        description="An http or https address where the deployment can be watched.",
        pattern=r"^(https?://[^\s<>|\x00-\x1f\x7f-\x9f]+)?$",
    )
    message: Text = Field(default="", description="What people should know about it.")


class PromotionSummary(Shown):
    """A promotion as it stands in lists."""

    model_config = example(**_SUMMARY)

    id: UUID
    release_id: UUID
    release_name: str
    source_environment_id: UUID | None = Field(description="Null where the target has no source environment.")
    source_environment_name: str | None
    target_environment_id: UUID
    target_environment_name: str
    status: Status
    requested_by: UUID | None = Field(description="The person or service account; null for Countersign itself.")
    requested_by_name: str
    requested_at: datetime
    reason: str
    expires_at: datetime | None = Field(description="When it is cancelled if still undecided; null for never.")
    decided_at: datetime | None
    close_reason: CloseReason | None = Field(description="Why it was cancelled.")
    external_url: str | None = Field(description="Where the deployment can be watched.")


class PromotionList(Listing[PromotionSummary]):
    """One page of promotions, newest request first."""

    model_config = example(data=[dict(_SUMMARY)], meta=ONE_PAGE)


class Progress(Shown):
    """A policy as it was when the promotion was requested, and how far it is satisfied."""

    id: UUID | None = Field(description="Null for the default policy of environments that have none.")
    name: str
    digest: str = Field(description="`sha256:` over the terms of the policy.")
    approval_count: int
    required_approvals: int
    satisfied: bool
    approver_groups: list[str]
    require_separation_of_duties: bool
    auto_expire_hours: int | None


class Approver(Shown):
    """Somebody who may still approve."""

    id: UUID
    name: str


class PromotionShown(PromotionSummary):
    """Everything about one promotion."""

    model_config = example(
        "Promotion",
        **_SUMMARY,
        component="myapp",
        version="v2.3.1",
        separationOfDuties=True,
        seenDigest="sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        evaluatedAt="2026-01-10T14:23:46Z",
        earliestPassingAt=None,
        deferredUntil=None,
        freezeExemption=None,
        gates=[
            {
                **SECURITY,
                "blocking": False,
                "message": "Within thresholds: 0 critical (max: 0), 3 high (max: 5)",
                "inputsDigest": "sha256:3f0a377ba0a4a460ecb616f6507ce0d8cfa3e704025d4fda3ed0c5ca05468728",
            },
            {
                **FREEZE,
                "blocking": False,
                "message": "No active freeze window",
                "inputsDigest": "sha256:9e107d9d372bb6826bd81d3542a419d6e277988bda0b6b3a9be2a1c3ef1a7bd4",
            },
        ],
        approvalCount=0,
        requiredApprovals=2,
        policies=[],
        approvals=[],
        mayStillApprove=[{"id": "e4f7d8b1-94a3-4be7-8d53-2b6f1c0a9e04", "name": "John Doe"}],
        decision={
            "promotionId": _SUMMARY["id"],
            "decision": "pending",
            "decidedAt": None,
            "gates": [SECURITY, FREEZE],
            "approvals": [],
        },
        decidedBy=None,
        closeComment="",
        deploymentMessage="",
    )

    component: str
    version: str
    separation_of_duties: bool = Field(description="The requester may not approve.")
    seen_digest: str = Field(
        description="What people decide by, as one digest: artifacts, gate results, policies. An approval may carry it."
    )
    evaluated_at: datetime | None = Field(description="When the gates were last looked at; null before the first time.")
    earliest_passing_at: datetime | None = Field(
        description="When the gates that block will pass by time alone; null where they pass, or time does not do it."
    )
    deferred_until: datetime | None = Field(description="When somebody wants approvers asked, see `defer`.")
    freeze_exemption: FreezeExemptionShown | None = Field(description="How freezes were lifted for it.")
    gates: list[Gate]
    approval_count: int
    required_approvals: int
    policies: list[Progress]
    approvals: list[Approval]
    may_still_approve: list[Approver] = Field(description="Whose approval is possible and would count.")
    decision: DecisionShown
    decided_by: ShownActor | None
    close_comment: str = Field(description="Why it was rejected or cancelled, in words.")
    deployment_message: str = Field(description="What the deployer said last.")


def summary_of(promotion: Promotion) -> PromotionSummary:
    return PromotionSummary(**_summary(promotion))


def list_of(page: Page[Promotion]) -> PromotionList:
    return PromotionList(data=[summary_of(promotion) for promotion in page.items], meta=meta_of(page))


def promotion_of(view: PromotionView) -> PromotionShown:
    promotion = view.promotion
    return PromotionShown(
        **_summary(promotion),
        component=promotion.component,
        version=view.release.version,
        separation_of_duties=promotion.separation_of_duties,
        seen_digest=seen_digest(promotion),
        evaluated_at=promotion.evaluated_at,
        earliest_passing_at=promotion.outlook.passes_at if promotion.is_open else None,
        deferred_until=promotion.deferred_until,
        freeze_exemption=exemption_of(promotion.exemption),
        gates=[gate_of(result) for result in promotion.gates],
        approval_count=view.quorum.approvals,
        required_approvals=view.quorum.required,
        policies=[_progress(progress) for progress in view.quorum.policies],
        approvals=[approval_of(vote) for vote in promotion.votes],
        may_still_approve=[Approver(id=person.id, name=person.name) for person in view.may_still_approve],
        decision=decision_of(decision_record(promotion)),
        decided_by=shown_actor(promotion.decided_by) if promotion.decided_by else None,
        close_comment=promotion.close_comment,
        deployment_message=promotion.deployment_message,
    )


def _summary(promotion: Promotion) -> dict[str, Any]:
    return {
        "id": promotion.id,
        "release_id": promotion.release_id,
        "release_name": promotion.release_name,
        "source_environment_id": promotion.source.id if promotion.source else None,
        "source_environment_name": promotion.source.name if promotion.source else None,
        "target_environment_id": promotion.target.id,
        "target_environment_name": promotion.target.name,
        "status": promotion.status,
        "requested_by": promotion.requested_by.id,
        "requested_by_name": promotion.requested_by.name,
        "requested_at": promotion.requested_at,
        "reason": promotion.reason,
        "expires_at": promotion.expires_at,
        "decided_at": promotion.decided_at,
        "close_reason": promotion.close_reason,
        "external_url": promotion.external_url or None,
    }


def _progress(progress: PolicyProgress) -> Progress:
    policy = progress.policy
    return Progress(
        id=policy.id,
        name=policy.name,
        digest=policy.digest,
        approval_count=min(progress.approvals, policy.required_approvals),
        required_approvals=policy.required_approvals,
        satisfied=progress.satisfied,
        approver_groups=[group.name for group in policy.approver_groups],
        require_separation_of_duties=policy.require_separation_of_duties,
        auto_expire_hours=policy.auto_expire_hours,
    )
