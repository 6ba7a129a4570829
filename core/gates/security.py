"""`security-gate`: how many vulnerabilities of each severity a release may carry."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from core.domain.release import MAX_COUNT, ScanReport
from core.gates.gate import GateContext, GateSettings, Verdict

Threshold = Annotated[int, Field(ge=0, le=MAX_COUNT)]


class SecuritySettings(GateSettings):
    """The most findings of each severity that still pass; null for no limit."""

    max_critical: Threshold | None = 0
    max_high: Threshold | None = 0


class SecurityGate:
    """Passes where the newest scan report stays within the thresholds; without a report it fails."""

    name: ClassVar[str] = "security-gate"
    summary: ClassVar[str] = "The newest scan report has no more findings than allowed"
    settings_model = SecuritySettings

    def evaluate(self, context: GateContext, settings: SecuritySettings) -> Verdict:
        """Compare the counts of the newest scan report with the thresholds."""
        limits = {"critical": settings.max_critical, "high": settings.max_high}
        counts = _counts(context.scan)
        details: dict[str, Any] = {
            "criticalCount": counts["critical"],
            "highCount": counts["high"],
            "maxCritical": settings.max_critical,
            "maxHigh": settings.max_high,
        }
        if context.scan is None:
            message = f"No scan report for {context.release.name}; submit one for this release"
            return Verdict(False, message, details)
        details["scanReportId"] = str(context.scan.id)
        exceeded = [
            f"{_vulnerabilities(count, severity)} threshold (max: {limit})"
            for severity, limit in limits.items()
            if limit is not None and (count := counts[severity] or 0) > limit
        ]
        if exceeded:
            return Verdict(False, "; ".join(exceeded), details)
        found = ", ".join(f"{counts[severity]} {severity}{_maximum(limit)}" for severity, limit in limits.items())
        return Verdict(True, f"Within thresholds: {found}", details)


def _counts(scan: ScanReport | None) -> dict[str, int | None]:
    if scan is None:
        return {"critical": None, "high": None}
    return {"critical": scan.critical, "high": scan.high}


def _vulnerabilities(count: int, severity: str) -> str:
    if count == 1:
        return f"1 {severity} vulnerability exceeds"
    return f"{count} {severity} vulnerabilities exceed"


def _maximum(limit: int | None) -> str:
    return "" if limit is None else f" (max: {limit})"
