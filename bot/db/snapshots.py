"""What is kept as it was at some moment: policies, gate results and readings of Slack user groups, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.exemption import FreezeExemption
from core.domain.gate_result import GateResult
from core.domain.notify import DEFAULT_NOTIFY, Notify, Via
from core.domain.people import ActorKind, ActorRef, Right
from core.domain.policy import ApprovalPolicy, GroupRef
from core.domain.usergroup import Reading

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
            "notify": notify_json(policy.notify),
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
            notify=notify_from(each.get("notify")),
        )
        for each in stored
    )


def notify_json(notify: Notify) -> Json:
    """How approvers hear of a request, the group by id."""
    return {
        "via": notify.via.value,
        "remindAtPercent": notify.remind_at_percent,
        "escalateAtPercent": notify.escalate_at_percent,
        "escalateToGroup": _id_json(notify.escalate_to_group),
    }


def notify_from(stored: Json | None) -> Notify:
    """The same as it was; rows that are older than it have none."""
    if stored is None:
        return DEFAULT_NOTIFY
    return Notify(
        Via(stored["via"]),
        stored["remindAtPercent"],
        stored["escalateAtPercent"],
        _id_from(stored["escalateToGroup"]),
    )


def reading_json(reading: Reading | None) -> Json | None:
    """How a Slack user group was last read."""
    if reading is None:
        return None
    return {
        "at": reading.at.isoformat(),
        "team": reading.team,
        "enabled": reading.enabled,
        "unknown": list(reading.unknown),
    }


def reading_from(stored: Json | None) -> Reading | None:
    """The same as it was; None where it never was."""
    if stored is None:
        return None
    at = datetime.fromisoformat(stored["at"])
    return Reading(at, stored["team"], stored["enabled"], tuple(stored["unknown"]))


def exemption_json(exemption: FreezeExemption | None) -> Json | None:
    """How freezes were lifted."""
    if exemption is None:
        return None
    by = exemption.by
    return {
        "by": {"kind": by.kind.value, "id": _id_json(by.id), "name": by.name},
        "reason": exemption.reason,
        "at": exemption.at.isoformat(),
        "until": exemption.until.isoformat(),
        "earlier": [str(each) for each in exemption.earlier],
    }


def exemption_from(stored: Json | None) -> FreezeExemption | None:
    """The same as it was."""
    if stored is None:
        return None
    by = ActorRef(ActorKind(stored["by"]["kind"]), _id_from(stored["by"]["id"]), stored["by"]["name"])
    at, until = (datetime.fromisoformat(stored[name]) for name in ("at", "until"))
    return FreezeExemption(by, stored["reason"], at, until, tuple(map(UUID, stored["earlier"])))


def gates_json(results: tuple[GateResult, ...]) -> list[Json]:
    """The results with what the gates saw."""
    return [
        {
            "gateName": result.gate_name,
            "passed": result.passed,
            "blocking": result.blocking,
            "message": result.message,
            "details": dict(result.details),
            "settings": dict(result.settings),
            "inputs": dict(result.inputs),
            "inputsDigest": result.inputs_digest,
        }
        for result in results
    ]


def gates_from(stored: list[Json]) -> tuple[GateResult, ...]:
    """The results as they were; rows that are older than inputs have none."""
    return tuple(
        GateResult(
            gate_name=each["gateName"],
            passed=each["passed"],
            blocking=each["blocking"],
            message=each["message"],
            details=each["details"],
            settings=each.get("settings", {}),
            inputs=each.get("inputs", {}),
            inputs_digest=each.get("inputsDigest", ""),
        )
        for each in stored
    )


def _id_json(id: UUID | None) -> str | None:
    return None if id is None else str(id)


def _id_from(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
