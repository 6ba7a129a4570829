"""`sequence-gate`: a release goes through the environments in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from core.domain.release import DeploymentStatus
from core.gates.gate import GateContext, GateSettings, Verdict


class SequenceGate:
    """Passes where the release is deployed in the source environment, and where the target has no source."""

    name: ClassVar[str] = "sequence-gate"
    summary: ClassVar[str] = "The release is deployed in the environment that comes before"
    settings_model = GateSettings

    def inputs(self, context: GateContext, settings: GateSettings) -> Mapping[str, Any]:  # noqa: ARG002 - the protocol
        """The newest word on this release in the source environment."""
        source, deployment = context.source, context.known.source_deployment()
        return {
            "releaseName": context.release.name,
            "targetEnvironmentName": context.target.name,
            "sourceEnvironmentId": str(source.id) if source else None,
            "sourceEnvironmentName": source.name if source else None,
            "sourceStatus": deployment.status.value if deployment else None,
        }

    def judge(self, inputs: Mapping[str, Any], settings: GateSettings) -> Verdict:  # noqa: ARG002 - the protocol has it
        """Pass where that word is `deployed`, and where the target has no source."""
        release, source, status = inputs["releaseName"], inputs["sourceEnvironmentName"], inputs["sourceStatus"]
        details = {name: inputs[name] for name in ("sourceEnvironmentId", "sourceEnvironmentName", "sourceStatus")}
        if source is None:
            return Verdict(True, f"{inputs['targetEnvironmentName']} has no source environment", details)
        if status == DeploymentStatus.DEPLOYED:
            return Verdict(True, f"{release} is deployed in {source}", details)
        stands = f" (last: {status.replace('_', ' ')})" if status else ""
        return Verdict(False, f"{release} is not deployed in {source}{stands}", details)
