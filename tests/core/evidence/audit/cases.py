"""Contents of packets, as small as they may be, and cases made of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core.domain.moment import moment_text
from core.evidence.audit.case import Case
from tests.support.clock import MORNING, nth_id

POLICY = {
    "id": str(nth_id(31)),
    "name": "production-policy",
    "digest": "sha256:" + "d" * 64,
    "requiredApprovals": 2,
    "approvalCount": 2,
    "approverGroups": ["release-managers"],
    "approverRoles": [],
    "requireSeparationOfDuties": True,
    "autoExpireHours": 24,
}


def person(number: int) -> dict[str, Any]:
    return {"kind": "person", "id": str(nth_id(number)), "name": f"Person {number}"}


def vote(number: int, after: int = 60, choice: str = "approved", **given: Any) -> dict[str, Any]:
    """A vote of a person, so many seconds after MORNING."""
    by = person(number)
    cast = {"approverId": by["id"], "approverName": by["name"], "decision": choice, "comment": "ok", "door": "rest"}
    return {**cast, "approvedAt": at(after), "seenDigest": None, **given}


def gate(name: str = "security-gate", **given: Any) -> dict[str, Any]:
    return {"gateName": name, "passed": True, "blocking": False, "message": "Fine", "details": {}, **given}


def at(seconds: int) -> str:
    return moment_text(MORNING + timedelta(seconds=seconds))


def content(
    *,
    status: str = "approved",
    requester: dict[str, Any] | None = None,
    votes: tuple[dict[str, Any], ...] = (),
    gates: tuple[dict[str, Any], ...] = (),
    decided: int = 60,
    number: int = 1,
    target: int = 2,
    **promotion: Any,
) -> dict[str, Any]:
    """What a packet says; the request was made at MORNING, and decided so many seconds later."""
    decision = "deny" if status in {"rejected", "cancelled"} else "allow"
    return {
        "packetId": str(nth_id(1000 + number)),
        "type": "release_decision",
        "signerKeyRef": "p256-key",
        "generatedAt": at(decided),
        "promotion": {
            "id": str(nth_id(number)),
            "status": status,
            "decision": decision,
            "reason": "because",
            "requestedAt": at(0),
            "decidedAt": at(decided),
            "closeReason": None,
            "closeComment": "",
            "separationOfDuties": True,
            **promotion,
        },
        "actors": {"requestedBy": requester or person(1), "decidedBy": person(2)},
        "release": {"name": "shop-1.0", "component": "shop", "version": "1.0"},
        "environments": {"source": None, "target": {"id": str(nth_id(target)), "name": f"Environment {target}"}},
        "policies": [POLICY],
        "gates": list(gates),
        "approvals": list(votes),
    }


def case(**given: Any) -> Case:
    return Case.of(content(**given))


def moment(seconds: int) -> datetime:
    return MORNING + timedelta(seconds=seconds)
