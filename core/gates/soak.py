"""`soak-gate`: a release has run in the source environment for a while without being rolled back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field

from core.domain.moment import moment_of, moment_text
from core.domain.release import Deployment, DeploymentStatus
from core.gates.gate import GateContext, GateSettings, Verdict

MAX_HOURS = 24 * 90


class SoakSettings(GateSettings):
    """How many hours a release must have run."""

    hours: Annotated[int, Field(ge=1, le=MAX_HOURS)]


class SoakGate:
    """Passes where the newest word on the release is `deployed`, at least so many hours ago; also without a source."""

    name: ClassVar[str] = "soak-gate"
    summary: ClassVar[str] = "The release has run in the environment before for some hours"
    settings_model = SoakSettings

    def inputs(self, context: GateContext, settings: SoakSettings) -> Mapping[str, Any]:  # noqa: ARG002 - the protocol
        """The moment, and since when the release stands as it does in the source environment."""
        source, deployment = context.source, context.known.source_deployment()
        return {
            "at": moment_text(context.at),
            "releaseName": context.release.name,
            "targetEnvironmentName": context.target.name,
            "sourceEnvironmentName": source.name if source else None,
            "sourceStatus": deployment.status.value if deployment else None,
            "since": moment_text(deployment.at) if deployment else None,
        }

    def judge(self, inputs: Mapping[str, Any], settings: SoakSettings) -> Verdict:
        """Pass once the hours are over; the clock starts anew with each deployment."""
        release, source, status = inputs["releaseName"], inputs["sourceEnvironmentName"], inputs["sourceStatus"]
        details: dict[str, Any] = {
            "sourceEnvironmentName": source,
            "sourceStatus": status,
            "deployedAt": inputs["since"],
            "requiredHours": settings.hours,
        }
        if source is None:
            return Verdict(True, f"{inputs['targetEnvironmentName']} has no source environment", details)
        if status != DeploymentStatus.DEPLOYED:
            stands = f" (last: {status.replace('_', ' ')})" if status else ""
            return Verdict(False, f"{release} is not deployed in {source}{stands}, so it cannot soak", details)
        soaked = moment_of(inputs["since"]) + timedelta(hours=settings.hours)
        details["soaksUntilAt"] = moment_text(soaked)
        if moment_of(inputs["at"]) >= soaked:
            return Verdict(True, f"{release} has run in {source} for {settings.hours} h or more", details)
        ends = soaked.strftime("%Y-%m-%d %H:%M UTC")
        return Verdict(False, f"{release} must run in {source} for {settings.hours} h: until {ends}", details)

    def changes_after(self, context: GateContext, settings: SoakSettings) -> datetime | None:
        """When the hours are over."""
        soaked = _soaked(context.known.source_deployment(), settings)
        return soaked if soaked and soaked > context.at else None


def _soaked(deployment: Deployment | None, settings: SoakSettings) -> datetime | None:
    if deployment is None or deployment.status is not DeploymentStatus.DEPLOYED:
        return None
    return deployment.at + timedelta(hours=settings.hours)
