"""`security-gate`: how many vulnerabilities of each severity a release may carry, and which none may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from core.domain.moment import moment_text
from core.gates import security_inputs as facts
from core.gates.gate import GateContext, Verdict
from core.gates.security_judging import approval, counts_of, objections, taken_out
from core.gates.security_settings import SecuritySettings
from core.gates.weighing import weighed_findings


class SecurityGate:
    """Passes where what the scanners found stays within the settings; without a report it fails.

    The newest report of each scanner counts, several scanners together by the worst that any of them says. Findings
    that a VEX statement or a waiver takes out do not count for anything, and are shown.
    """

    name: ClassVar[str] = "security-gate"
    summary: ClassVar[str] = "The newest scan reports have no more and no other findings than allowed"
    settings_model = SecuritySettings

    def inputs(self, context: GateContext, settings: SecuritySettings) -> Mapping[str, Any]:
        """The release's reports, what of their findings counts, and what the settings ask about them."""
        scanned = context.known.scanned()
        reports, weighed = scanned.reports(), weighed_findings(context)
        gathered: dict[str, Any] = {
            "at": moment_text(context.at),
            "releaseName": context.release.name,
            "targetName": context.target.name,
            "reports": [facts.report_facts(report) for report in reports],
            "counts": facts.count_facts(reports, weighed),
            "exceeding": facts.exceeding_facts(weighed, settings.limits, only_fixable=settings.only_fixable),
            "takenOut": facts.taken_out_facts(weighed),
        }
        if settings.denied_ids:
            gathered["denied"] = facts.denied_facts(weighed, settings.denied_ids)
        if settings.known_exploited:
            catalogue = scanned.catalogue(finding.id for finding in weighed.counted)
            gathered["exploited"] = facts.exploited_facts(weighed, catalogue)
        if (least := settings.least_new) is not None:
            deployed = scanned.deployed()
            gathered["new"] = facts.new_facts(weighed, deployed, least, only_fixable=settings.only_fixable)
        return gathered

    def judge(self, inputs: Mapping[str, Any], settings: SecuritySettings) -> Verdict:
        """Pass where nothing speaks against the release."""
        against = objections(inputs, settings)
        message = "; ".join(against) + taken_out(inputs) if against else approval(inputs, settings)
        return Verdict(not against, message, _details(inputs, settings))

    def follows(self, component: str, settings: SecuritySettings) -> bool:  # noqa: ARG002 - the protocol has it
        """Whether what runs in the target environment is what the release is measured by."""
        return settings.least_new is not None

    def changes_after(self, context: GateContext, settings: SecuritySettings) -> datetime | None:
        """When the next scan becomes too old, or the next waiver ends."""
        scanned = context.known.scanned()
        moments = [waiver.ends_at for waiver in scanned.waivers()]
        if settings.max_age_hours is not None:
            moments += [report.dated + timedelta(hours=settings.max_age_hours) for report in scanned.reports()]
        return min((moment for moment in moments if moment > context.at), default=None)


def _details(inputs: Mapping[str, Any], settings: SecuritySettings) -> dict[str, Any]:
    counts, limits = counts_of(inputs, settings), settings.limits
    out = inputs["takenOut"]
    details: dict[str, Any] = {f"{severity}Count": count for severity, count in counts.items()}
    details |= {
        f"max{severity.capitalize()}": limit
        for severity, limit in limits.items()
        if severity in {"critical", "high"} or limit is not None
    }
    details["scanReportIds"] = [report["id"] for report in inputs["reports"]]
    shown = {
        "exceeding": inputs["exceeding"],
        "waived": out["waived"],
        "vex": out["vex"],
        "waivedByRequester": out["waivedByRequester"],
    }
    shown |= {name: inputs[name] for name in ("denied", "exploited", "new") if name in inputs}
    whole = {f"{name}Digest": listed["allDigest"] for name, listed in shown.items() if "allDigest" in listed}
    return details | {name: listed["findings"] for name, listed in shown.items() if listed["count"]} | whole
