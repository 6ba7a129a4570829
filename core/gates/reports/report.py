"""What every reader makes of a report, and how severities are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.domain.findings import MAX_FINDINGS, SEVERITIES, Finding, Severity, combined, counted
from core.errors import InvalidError

TARGETS_KEPT = 20
"""How many of the places that show one finding are kept."""

_SEVERITIES = {
    **{severity.value: severity for severity in SEVERITIES},
    "important": Severity.HIGH,
    "moderate": Severity.MEDIUM,
    "negligible": Severity.LOW,
    "info": Severity.LOW,
    "informational": Severity.LOW,
    "none": Severity.LOW,
}
_ID = re.compile(r"(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3}|[A-Z]{2,8}-\d{4}[-:]\d{1,7})(?![0-9a-zA-Z])")


@dataclass(frozen=True, slots=True)
class ReadReport:
    """A report as read. `findings` are in it once each; `counts` follow from them, or are all that there is.

    `scanned_at` is when the scanner looked, by its own word; None where it does not say.
    """

    format: str
    scanner: str
    findings: tuple[Finding, ...] = ()
    counts: Mapping[Severity, int] = field(default_factory=dict)
    scanned_at: datetime | None = None


def report_of(format: str, scanner: str, rows: Iterable[Finding], scanned_at: datetime | None) -> ReadReport:
    """Put a report together from a scanner's rows. Raises InvalidError for more than MAX_FINDINGS findings."""
    findings = tuple(
        finding._replace(targets=finding.targets[:TARGETS_KEPT]) if len(finding.targets) > TARGETS_KEPT else finding
        for finding in combined(rows)
    )
    if len(findings) > MAX_FINDINGS:
        raise InvalidError(f"The report has {len(findings)} findings; at most {MAX_FINDINGS} are taken")
    return ReadReport(format, scanner, findings, counted(findings), scanned_at)


def severity_named(word: str) -> Severity:
    """The severity that a scanner's word means. A word that is not known is worth looking at: `unknown`."""
    return _SEVERITIES.get(word.casefold(), Severity.UNKNOWN)


def severity_scored(score: float) -> Severity:
    """The severity of a CVSS score, by the scale of CVSS 3.1 and 4.0; a score of 0 or below says nothing."""
    for least, severity in ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM)):
        if score >= least:
            return severity
    return Severity.LOW if score > 0 else Severity.UNKNOWN


def vulnerability_id(text: str) -> str:
    """The id of a vulnerability at the beginning of a scanner's rule id (`CVE-2020-1234-openssl`), else all of it."""
    found = _ID.match(text)
    return found[0] if found else text
