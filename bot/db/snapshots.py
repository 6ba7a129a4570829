"""What a promotion keeps as it was when it was requested or last looked at: policies and gate results, as JSON."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.domain.gate_result import GateResult
from core.domain.people import Right
from core.domain.policy import ApprovalPolicy, GroupRef

Json = dict[str, Any]


def policies_json(policies: tuple[ApprovalPolicy, ...]) -> list[Json]:
    """Everything about the policies, their groups by id and name."""
    return [
        {
            "id": _id_json(policy.id),
            "name": policy.name,
            "environmentId": _id_json(policy.environment_id),
            "requiredApprovals": policy.required_approvals,
            "approverGroups": [{"id": str(group.id), "name": group.name} for group in policy.approver_groups],
            "requireSeparationOfDuties": policy.require_separation_of_duties,
            "autoExpireHours": policy.auto_expire_hours,
            "approverRoles": sorted(policy.approver_roles),
        }
        for policy in policies
    ]


def policies_from(stored: list[Json]) -> tuple[ApprovalPolicy, ...]:
    """The policies as they were."""
    return tuple(
        ApprovalPolicy(
            id=_id_from(each["id"]),
            name=each["name"],
            environment_id=_id_from(each["environmentId"]),
            required_approvals=each["requiredApprovals"],
            approver_groups=tuple(GroupRef(UUID(group["id"]), group["name"]) for group in each["approverGroups"]),
            require_separation_of_duties=each["requireSeparationOfDuties"],
            auto_expire_hours=each["autoExpireHours"],
            approver_roles=frozenset(Right(role) for role in each["approverRoles"]),
        )
        for each in stored
    )


def gates_json(results: tuple[GateResult, ...]) -> list[Json]:
    """The results with what the gates saw."""
    return [
        {
            "gateName": result.gate_name,
            "passed": result.passed,
            "blocking": result.blocking,
            "message": result.message,
            "details": dict(result.details),
        }
        for result in results
    ]


def gates_from(stored: list[Json]) -> tuple[GateResult, ...]:
    """The results as they were."""
    return tuple(
        GateResult(each["gateName"], each["passed"], each["blocking"], each["message"], each["details"])
        for each in stored
    )


def _id_json(id: UUID | None) -> str | None:
    return None if id is None else str(id)


def _id_from(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
