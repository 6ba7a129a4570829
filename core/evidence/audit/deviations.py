"""Deviations: what let a release through though a rule would have held it back, as its packet says.

Only releases that were let through deviate: of one that was refused, nothing was made use of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.evidence.audit.case import Case, Content

_FREEZE_GATE = "freeze-window-gate"


class DeviationKind(StrEnum):
    """What kind of exception was made."""

    FREEZE_LIFTED = "freeze_lifted"
    """A person with the role `emergency` lifted a freeze that was active at the decision."""
    FINDING_WAIVED = "finding_waived"
    """A person's waiver took a finding of a scan out of the count."""
    FINDING_EXCLUDED_BY_VEX = "finding_excluded_by_vex"
    """A VEX statement did."""
    ADVISORY_GATE_FAILED = "advisory_gate_failed"
    """A gate did not pass, and the environment does not enforce it."""
    STALE_CALENDAR_IGNORED = "stale_calendar_ignored"
    """A calendar with freezes could not be read for too long, and is set to count as open then."""
    NO_POLICY = "no_policy"
    """The environment had no approval policy: the built-in one held."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """One exception that a promotion made use of. `until` is RFC 3339, empty where the packet names no end."""

    kind: DeviationKind
    gate: str = ""
    who: str = ""
    reason: str = ""
    until: str = ""
    detail: str = ""


def deviations_of(case: Case) -> tuple[Deviation, ...]:
    """Everything that this promotion made use of, in the order of its gates."""
    if not case.allowed:
        return ()
    found = [deviation for gate in case.gates for deviation in _of_gate(gate)]
    found += [
        Deviation(DeviationKind.NO_POLICY, detail=f"{policy['name']}: {policy['requiredApprovals']} approval")
        for policy in case.policies
        if policy["id"] is None
    ]
    return tuple(found)


def _of_gate(gate: Content) -> Iterator[Deviation]:
    name, details = gate["gateName"], gate.get("details") or {}
    if name == _FREEZE_GATE:
        yield from _of_freezes(gate, details)
    taken_out = (gate.get("inputs") or {}).get("takenOut", {})
    for finding in _listed(details.get("waived")):
        who, until = finding.get("waivedBy", ""), finding.get("until", "")
        detail = _finding(finding)
        yield Deviation(DeviationKind.FINDING_WAIVED, name, who, finding.get("reason", ""), until, detail)
    yield from _more(DeviationKind.FINDING_WAIVED, name, details.get("waived"), taken_out.get("waived"))
    for finding in _listed(details.get("vex")):
        why = ", ".join(filter(None, (finding.get("justification"), finding.get("explanation"))))
        who = finding.get("author") or finding.get("submittedBy") or ""
        yield Deviation(DeviationKind.FINDING_EXCLUDED_BY_VEX, name, who, why, "", _finding(finding))
    yield from _more(DeviationKind.FINDING_EXCLUDED_BY_VEX, name, details.get("vex"), taken_out.get("vex"))
    if not gate["passed"] and not gate["blocking"]:
        yield Deviation(DeviationKind.ADVISORY_GATE_FAILED, name, detail=gate["message"])


def _of_freezes(gate: Content, details: Content) -> Iterator[Deviation]:
    if exemption := details.get("exemption"):
        told = (exemption["byName"], exemption["reason"], exemption["until"], gate["message"])
        yield Deviation(DeviationKind.FREEZE_LIFTED, _FREEZE_GATE, *told)
    elif gate["passed"] and details.get("staleCalendars"):
        names = ", ".join(each["name"] for each in details["staleCalendars"])
        yield Deviation(DeviationKind.STALE_CALENDAR_IGNORED, _FREEZE_GATE, detail=names)


def _listed(findings: Any) -> list[dict[str, Any]]:
    """Findings of a built-in gate; a plug-in may mean something else by the same name."""
    return [each for each in findings if isinstance(each, dict)] if isinstance(findings, list) else []


def _more(kind: DeviationKind, gate: str, shown: Any, all_of_them: Any) -> Iterator[Deviation]:
    """What the packet counts and does not list: it names the first findings, and the digest of all."""
    count = all_of_them.get("count", 0) if isinstance(all_of_them, dict) else 0
    if count > len(_listed(shown)) > 0:
        yield Deviation(kind, gate, detail=f"and {count - len(_listed(shown))} more findings")


def _finding(finding: dict[str, Any]) -> str:
    words = (finding.get("id"), "in", finding.get("package") or "the release", finding.get("version"))
    severity = f" ({finding['severity']})" if finding.get("severity") else ""
    return " ".join(str(word) for word in words if word) + severity
