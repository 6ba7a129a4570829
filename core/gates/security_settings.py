"""The settings of `security-gate`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from core.domain.findings import Severity
from core.domain.release import MAX_COUNT
from core.gates.gate import GateSettings

Threshold = Annotated[int, Field(ge=0, le=MAX_COUNT)]
VulnerabilityId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class SecuritySettings(GateSettings):
    """The most findings of each severity that still pass (null for no limit), and what else must be so."""

    max_critical: Threshold | None = 0
    max_high: Threshold | None = 0
    max_medium: Threshold | None = None
    max_low: Threshold | None = None
    max_unknown: Threshold | None = None
    only_fixable: bool = Field(default=False, description="Count only findings that have a fixed version.")
    max_age_hours: Annotated[int, Field(ge=1, le=24 * 366)] | None = Field(
        default=None, description="How old the newest scan of each scanner may be; null for any age."
    )
    denied_ids: list[VulnerabilityId] = Field(
        default=[], max_length=1000, description="Ids of vulnerabilities that are never let through."
    )
    known_exploited: bool = Field(
        default=False, description="Block what is in the imported catalogue of known exploited vulnerabilities."
    )
    no_worse_than_target: bool | Literal["critical", "high", "medium", "low", "unknown"] = Field(
        default=False,
        description="Block findings that the release which runs in the environment does not have; with a severity, "
        "only those that are at least as severe.",
    )

    @property
    def limits(self) -> dict[str, int | None]:
        """The thresholds by severity, the worst first."""
        return {
            "critical": self.max_critical,
            "high": self.max_high,
            "medium": self.max_medium,
            "low": self.max_low,
            "unknown": self.max_unknown,
        }

    @property
    def least_new(self) -> Severity | None:
        """From which severity on nothing new may come; None where that does not matter."""
        if self.no_worse_than_target is False:
            return None
        return Severity.UNKNOWN if self.no_worse_than_target is True else Severity(self.no_worse_than_target)
