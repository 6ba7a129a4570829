"""`security-gate`: how many vulnerabilities of each severity a release may carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from core.domain.moment import moment_text
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

    def inputs(self, context: GateContext, settings: SecuritySettings) -> Mapping[str, Any]:  # noqa: ARG002 - the protocol
        """The release, and the counts of its newest scan report."""
        scan = context.known.newest_scan()
        return {"releaseName": context.release.name, "scanReport": _counted(scan) if scan else None}

    def judge(self, inputs: Mapping[str, Any], settings: SecuritySettings) -> Verdict:
        """Compare the counts with the thresholds."""
        limits = {"critical": settings.max_critical, "high": settings.max_high}
        report = inputs["scanReport"] or {}
        counts = {severity: report.get(f"{severity}Count") for severity in limits}
        details: dict[str, Any] = {
            "criticalCount": counts["critical"],
            "highCount": counts["high"],
            "maxCritical": settings.max_critical,
            "maxHigh": settings.max_high,
        }
        if not report:
            message = f"No scan report for {inputs['releaseName']}; submit one for this release"
            return Verdict(False, message, details)
        details["scanReportId"] = report["id"]
        exceeded = [
            f"{_vulnerabilities(count, severity)} threshold (max: {limit})"
            for severity, limit in limits.items()
            if limit is not None and (count := counts[severity] or 0) > limit
        ]
        if exceeded:
            return Verdict(False, "; ".join(exceeded), details)
        found = ", ".join(f"{counts[severity]} {severity}{_maximum(limit)}" for severity, limit in limits.items())
        return Verdict(True, f"Within thresholds: {found}", details)


def _counted(scan: ScanReport) -> dict[str, Any]:
    return {
        "id": str(scan.id),
        "scanner": scan.scanner,
        "submittedAt": moment_text(scan.submitted_at),
        "criticalCount": scan.critical,
        "highCount": scan.high,
    }


def _vulnerabilities(count: int, severity: str) -> str:
    if count == 1:
        return f"1 {severity} vulnerability exceeds"
    return f"{count} {severity} vulnerabilities exceed"


def _maximum(limit: int | None) -> str:
    return "" if limit is None else f" (max: {limit})"
