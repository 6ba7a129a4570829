"""What a decision's evidence says: the content that is sealed in an evidence packet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.domain.decision import decision_of
from core.domain.environment import EnvironmentRef
from core.domain.gate_result import GateResult
from core.domain.moment import moment_text
from core.domain.people import ActorRef
from core.domain.policy import Electorate, PolicyProgress
from core.domain.promotion import Promotion, Vote
from core.domain.release import Release


def decision_content(promotion: Promotion, release: Release, electorate: Electorate) -> Mapping[str, object]:
    """Everything that speaks for the decision, in the words of the API document; sealing adds the outer fields.

    `electorate` is who could vote when it was decided: approvals are counted for each policy as they were then.
    """
    return {
        "promotion": {
            "id": str(promotion.id),
            "status": promotion.status.value,
            "decision": decision_of(promotion).value,
            "reason": promotion.reason,
            "requestedAt": moment_text(promotion.requested_at),
            "expiresAt": _moment(promotion.expires_at),
            "decidedAt": _moment(promotion.decided_at),
            "closeReason": promotion.close_reason.value if promotion.close_reason else None,
            "closeComment": promotion.close_comment,
            "separationOfDuties": promotion.separation_of_duties,
            "gatesEvaluatedAt": _moment(promotion.evaluated_at),
        },
        "actors": {
            "requestedBy": _actor(promotion.requested_by),
            "decidedBy": _actor(promotion.decided_by) if promotion.decided_by else None,
        },
        "release": _release(release),
        "environments": {
            "source": _environment(promotion.source) if promotion.source else None,
            "target": _environment(promotion.target),
        },
        "policies": [_policy(progress) for progress in promotion.quorum(electorate).policies],
        "gates": [_gate(result) for result in promotion.gates],
        "approvals": [_approval(vote) for vote in promotion.votes],
    }


def _moment(at: datetime | None) -> str | None:
    return moment_text(at) if at else None


def _actor(actor: ActorRef) -> dict[str, Any]:
    return {"kind": actor.kind.value, "id": str(actor.id) if actor.id else None, "name": actor.name}


def _environment(environment: EnvironmentRef) -> dict[str, Any]:
    return {"id": str(environment.id), "name": environment.name}


def _release(release: Release) -> dict[str, Any]:
    return {
        "id": str(release.id),
        "name": release.name,
        "component": release.component,
        "version": release.version,
        "sourceRef": release.source_ref,
        "changesUrl": release.changes_url,
        "authors": list(release.authors),
        "artifacts": [{"name": artifact.name, "digest": artifact.digest} for artifact in release.artifacts],
    }


def _policy(progress: PolicyProgress) -> dict[str, Any]:
    policy = progress.policy
    return {
        "id": str(policy.id) if policy.id else None,
        "name": policy.name,
        "digest": policy.digest,
        "requiredApprovals": policy.required_approvals,
        "approvalCount": progress.approvals,
        "approverGroups": [group.name for group in policy.approver_groups],
        "approverRoles": sorted(role.value for role in policy.approver_roles),
        "requireSeparationOfDuties": policy.require_separation_of_duties,
        "autoExpireHours": policy.auto_expire_hours,
    }


def _gate(result: GateResult) -> dict[str, Any]:
    return {
        "gateName": result.gate_name,
        "passed": result.passed,
        "blocking": result.blocking,
        "message": result.message,
        "details": result.details,
        "settings": result.settings,
        "inputs": result.inputs,
        "inputsDigest": result.inputs_digest or None,
    }


def _approval(vote: Vote) -> dict[str, Any]:
    return {
        "approverId": str(vote.person_id),
        "approverName": vote.person_name,
        "decision": vote.choice.value,
        "comment": vote.comment,
        "approvedAt": moment_text(vote.at),
        "door": vote.door,
        "seenDigest": vote.seen or None,
    }
