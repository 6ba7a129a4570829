"""`sequence-gate`: a release goes through the environments in order."""

from __future__ import annotations

from typing import Any, ClassVar

from core.domain.release import DeploymentStatus
from core.gates.gate import GateContext, GateSettings, Verdict


class SequenceGate:
    """Passes where the release is deployed in the source environment, and where the target has no source."""

    name: ClassVar[str] = "sequence-gate"
    summary: ClassVar[str] = "The release is deployed in the environment that comes before"
    settings_model = GateSettings

    def evaluate(self, context: GateContext, settings: GateSettings) -> Verdict:  # noqa: ARG002 - the protocol has them
        """Look at the newest word on this release in the source environment."""
        source, deployment = context.source, context.source_deployment
        status = deployment.status if deployment else None
        details: dict[str, Any] = {
            "sourceEnvironmentId": str(source.id) if source else None,
            "sourceEnvironmentName": source.name if source else None,
            "sourceStatus": status.value if status else None,
        }
        if source is None:
            return Verdict(True, f"{context.target.name} has no source environment", details)
        if status is DeploymentStatus.DEPLOYED:
            return Verdict(True, f"{context.release.name} is deployed in {source.name}", details)
        stands = f" (last: {status.value.replace('_', ' ')})" if status else ""
        return Verdict(False, f"{context.release.name} is not deployed in {source.name}{stands}", details)
