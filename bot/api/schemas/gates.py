"""Gate results, and the dry run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from bot.api.schemas.base import Body, Id, Moment, Shown, example
from core.app.evaluating import GatesPreview
from core.domain.gate_result import GateResult, blocking
from core.gates.forecast import HORIZON

SECURITY = {
    "gateName": "security-gate",
    "passed": True,
    "details": {"criticalCount": 0, "highCount": 3, "maxCritical": 0, "maxHigh": 5},
}
FREEZE = {"gateName": "freeze-window-gate", "passed": True, "details": {"activeFreezeWindow": None}}


class PreviewRequest(Body):
    """What would be promoted, and where to."""

    model_config = example(
        releaseId="5a0c4d0e-51d2-4c6e-9a51-0f6f3f5b8a01", targetEnvironmentId="a7e1f7c2-7c55-4a57-8d0b-5d6f0b6e1d02"
    )

    release_id: Id = Field(description="What would be promoted.")
    target_environment_id: Id = Field(description="Where to.")
    at: Moment | None = Field(
        default=None, description=f"When: from now on, at most {HORIZON.days} days ahead. Null: now."
    )


class GatePreview(Shown):
    """What one gate would say."""

    gate_name: str
    passed: bool
    blocking: bool = Field(description="It does not pass, and the environment enforces it.")
    message: str


class Preview(Shown):
    """What all gates would say, and when they will pass. Nothing was stored."""

    model_config = example(
        wouldPass=False,
        at="2026-12-24T12:00:00Z",
        earliestPassingAt=None,
        gates=[
            {
                "gateName": "security-gate",
                "passed": False,
                "blocking": True,
                "message": "3 critical vulnerabilities exceed threshold (max: 0)",
            },
            {
                "gateName": "freeze-window-gate",
                "passed": True,
                "blocking": False,
                "message": "No active freeze window",
            },
        ],
    )

    would_pass: bool = Field(description="No gate blocks.")
    at: datetime = Field(description="The moment that was looked at.")
    earliest_passing_at: datetime | None = Field(
        description="The first moment from `at` on at which no gate blocks; null where time alone does not bring it."
    )
    gates: list[GatePreview]


class GateEvaluation(Shown):
    """What one gate said when the decision was made."""

    gate_name: str
    passed: bool
    details: dict[str, Any]


class Gate(GateEvaluation):
    """What one gate said last."""

    blocking: bool = Field(description="It did not pass, and the environment enforces it.")
    message: str
    inputs_digest: str | None = Field(
        description="`sha256:` over the RFC 8785 form of all that the gate judged by; the evidence packet holds it."
    )


def preview_of(previewed: GatesPreview) -> Preview:
    results = previewed.gates
    gates = [
        GatePreview(gate_name=result.gate_name, passed=result.passed, blocking=result.blocking, message=result.message)
        for result in results
    ]
    return Preview(
        would_pass=not blocking(results),
        at=previewed.at,
        earliest_passing_at=previewed.earliest_passing_at,
        gates=gates,
    )


def gate_of(result: GateResult) -> Gate:
    return Gate(
        gate_name=result.gate_name,
        passed=result.passed,
        details=dict(result.details),
        blocking=result.blocking,
        message=result.message,
        inputs_digest=result.inputs_digest or None,
    )


def evaluation_of(result: GateResult) -> GateEvaluation:
    return GateEvaluation(gate_name=result.gate_name, passed=result.passed, details=dict(result.details))
