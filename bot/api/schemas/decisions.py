"""Votes, the decision record and the evidence packet."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from bot.api.schemas.base import Body, RequiredText, Shown, Text, example
from bot.api.schemas.gates import FREEZE, SECURITY, GateEvaluation, evaluation_of
from core.app.reading import PromotionView
from core.domain.decision import Decision, DecisionRecord
from core.domain.promotion import Status, Vote, VoteChoice

_ID = "c0b7e6a4-1f0b-4a59-9d0c-6d1f4f0e7a03"
_VOTE = {
    "approverId": "e4f7d8b1-94a3-4be7-8d53-2b6f1c0a9e04",
    "approverName": "John Doe",
    "decision": "approved",
    "comment": "LGTM",
    "approvedAt": "2026-01-10T14:28:00Z",
}
_HASH = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class Approve(Body):
    """A vote to approve."""

    model_config = example(comment="Approved after reviewing security scan results")

    comment: Text = Field(default="", description="What goes on record beside the vote.")
    seen_digest: str = Field(
        default="",
        pattern=r"^(sha256:[0-9a-f]{64})?$",
        description="`seenDigest` of the promotion as the caller saw it: where it is not so any more, nothing is "
        "stored and the answer is 409. Left out: the vote is bound to nothing.",
    )


class Reject(Body):
    """A vote to reject."""

    model_config = example(reason="Security vulnerabilities not addressed")

    reason: RequiredText = Field(description="Why; the requester and the record get it.")


class Cancel(Body):
    """A request taken back."""

    model_config = example(reason="Superseded by a hotfix")

    reason: Text = Field(default="", description="Why.")


class Approval(Shown):
    """One person's vote."""

    model_config = example(**_VOTE)

    approver_id: UUID
    approver_name: str
    decision: VoteChoice
    comment: str = Field(description="The comment of an approval, the reason of a rejection.")
    approved_at: datetime = Field(description="When the vote was given.")


class ApprovalOutcome(Shown):
    """Where the promotion stands after the vote."""

    model_config = example(
        id=_ID, status="approved", approvalCount=2, requiredApprovals=2, decidedAt="2026-01-10T14:30:00Z"
    )

    id: UUID
    status: Status
    approval_count: int = Field(
        description="Approvals that count: under each policy, up to what it asks for, from people who may vote now."
    )
    required_approvals: int = Field(description="What all policies together ask for.")
    decided_at: datetime | None = Field(description="Null while more approvals are needed.")


class DecisionShown(Shown):
    """The decision record. A rejected or cancelled promotion is a `deny`."""

    model_config = example(
        "DecisionRecord",
        promotionId=_ID,
        decision="allow",
        decidedAt="2026-01-10T14:30:00Z",
        gates=[SECURITY, FREEZE],
        approvals=[_VOTE],
    )

    promotion_id: UUID
    decision: Decision
    decided_at: datetime | None
    gates: list[GateEvaluation]
    approvals: list[Approval]


class EvidencePacket(Shown):
    """The signed evidence of a decision.

    `content` is signed as RFC 8785 canonical JSON; the answer holds it byte for byte as it was signed.
    """

    model_config = example(
        id="1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4b05",
        type="release_decision",
        version="1.0",
        content={"promotion": {"id": _ID, "status": "approved"}},
        contentHash=_HASH,
        signature="MEUCIQDx0m...",
        signatureAlgorithm="ECDSA-P256-SHA256",
        signerKeyRef="p256-4cW4cXyM0bq1l2dYkq7k5Q",
        generatedAt="2026-01-10T14:30:00Z",
    )

    id: UUID
    type: Literal["release_decision"]
    version: Literal["1.0"]
    content: dict[str, Any] = Field(
        description="Promotion, actors, release with artifact digests, environments, policies, gates, approvals."
    )
    content_hash: str = Field(description="`sha256:` and the SHA-256 of the canonical content in hex.")
    signature: str = Field(description="Base64 of the DER signature over the canonical content.")
    signature_algorithm: Literal["ECDSA-P256-SHA256"]
    signer_key_ref: str = Field(description="The `kid` of the key in `/.well-known/jwks.json`.")
    generated_at: datetime


def approval_of(vote: Vote) -> Approval:
    return Approval(
        approver_id=vote.person_id,
        approver_name=vote.person_name,
        decision=vote.choice,
        comment=vote.comment,
        approved_at=vote.at,
    )


def outcome_of(view: PromotionView) -> ApprovalOutcome:
    return ApprovalOutcome(
        id=view.promotion.id,
        status=view.promotion.status,
        approval_count=view.quorum.approvals,
        required_approvals=view.quorum.required,
        decided_at=view.promotion.decided_at,
    )


def decision_of(record: DecisionRecord) -> DecisionShown:
    return DecisionShown(
        promotion_id=record.promotion_id,
        decision=record.decision,
        decided_at=record.decided_at,
        gates=[evaluation_of(result) for result in record.gates],
        approvals=[approval_of(vote) for vote in record.approvals],
    )
