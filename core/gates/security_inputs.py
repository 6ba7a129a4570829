"""What `security-gate` judges by: counts, the findings that mattered, and what was said against them.

Never all findings: of each list the first ROWS are written out, worst first, and the whole list is named by its digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import rfc8785

from core.domain.findings import SEVERITIES, Finding, Severity, counted, worst_of
from core.domain.known_exploited import KnownExploited
from core.domain.moment import moment_text
from core.domain.release import ScanReport
from core.domain.seen import lasting
from core.domain.waiver import Waiver
from core.gates.scanned import Running
from core.gates.vex.matching import Said
from core.gates.weighing import Weighed

ROWS = 20
_WORD = 100
_SENTENCE = 200

T = TypeVar("T")


def report_facts(report: ScanReport) -> dict[str, Any]:
    """One scan report: what it is, how old it is, and whether it names what it counts."""
    return {
        "id": str(report.id),
        "scanner": report.scanner,
        "format": report.format,
        "digest": report.digest or None,
        "scannedAt": moment_text(report.dated),
        "submittedAt": moment_text(report.submitted_at),
        "hasFindings": report.has_findings,
        "counts": {severity.value: report.counts[severity] for severity in SEVERITIES},
    }


def count_facts(reports: Iterable[ScanReport], weighed: Weighed) -> dict[str, dict[str, int]]:
    """How many findings of each severity count, and how many of those can be fixed.

    Findings count once whichever scanners show them. Of reports that are nothing but counts, the highest number holds;
    nobody knows of those whether there is a fix, so they count as if there were.
    """
    bare = [report.counts for report in reports if not report.has_findings]
    every = worst_of(counted(weighed.counted), *bare)
    fixable = worst_of(counted(finding for finding in weighed.counted if finding.fixed_version), *bare)
    return {severity.value: {"all": every[severity], "fixable": fixable[severity]} for severity in SEVERITIES}


def exceeding_facts(weighed: Weighed, limits: Mapping[str, int | None], *, only_fixable: bool) -> dict[str, Any]:
    """The first of the findings whose severity has more than the threshold allows; the reports have them all."""
    counting = [finding for finding in weighed.counted if finding.fixed_version or not only_fixable]
    over = {
        severity
        for severity, count in counted(counting).items()
        if (limit := limits[severity.value]) is not None and count > limit
    }
    exceeding = [finding for finding in counting if finding.severity in over]
    rows = [_finding(finding) for finding in exceeding]
    return {"count": len(rows), "findings": rows[:ROWS], **_beyond(rows)}


def taken_out_facts(weighed: Weighed) -> dict[str, Any]:
    """The findings that do not count and why, and those whose waiver does not count and why not."""
    return {
        "vex": listed(weighed.stated, lambda pair: _stated(*pair)),
        "waived": listed(weighed.waived, lambda pair: _waived(*pair)),
        "waivedByRequester": listed(weighed.not_theirs, lambda pair: _waived(*pair)),
    }


def denied_facts(weighed: Weighed, denied: Iterable[str]) -> dict[str, Any]:
    """The findings that count and are denied by name."""
    names = {name.casefold() for name in denied}
    return findings_listed(finding for finding in weighed.counted if finding.id.casefold() in names)


def exploited_facts(weighed: Weighed, catalogue: KnownExploited | None) -> dict[str, Any]:
    """The findings that count and are known to be exploited, and by which catalogue."""
    known = catalogue.ids if catalogue else frozenset()
    hits = findings_listed(finding for finding in weighed.counted if finding.id.casefold() in known)
    return {"catalogue": _catalogue(catalogue) if catalogue else None, **hits}


def new_facts(weighed: Weighed, deployed: Running | None, least: Severity, *, only_fixable: bool) -> dict[str, Any]:
    """The findings that count, are at least that severe, and are not in what runs in the environment now."""
    if deployed is None:
        return {"comparedWith": None, **findings_listed(())}
    there = {finding.place for finding in deployed.findings}
    new = (
        finding
        for finding in weighed.counted
        if finding.severity.rank >= least.rank
        and finding.place not in there
        and (finding.fixed_version or not only_fixable)
    )
    release = deployed.release
    names_findings = bool(deployed.reports) and all(report.has_findings for report in deployed.reports)
    compared = {"releaseId": str(release.id), "releaseName": release.name, "hasFindings": names_findings}
    return {"comparedWith": compared, **findings_listed(new)}


def findings_listed(findings: Iterable[Finding]) -> dict[str, Any]:
    """Findings as a list of facts."""
    return listed(tuple(findings), _finding)


def listed(things: Sequence[T], facts: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    """How many there are, the first of them, and the digest of all."""
    rows = [facts(thing) for thing in things]
    return {"count": len(rows), "digest": _digest(rows) if rows else None, "findings": rows[:ROWS], **_beyond(rows)}


def _beyond(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What stands for all rows where not all are written out, without what only dates or points (`seen.lasting`).

    A vote is bound to it, so that another finding in the place of one that nobody was shown is news as well.
    """
    return {"allDigest": _digest(lasting(rows))} if len(rows) > ROWS else {}


def _digest(rows: Any) -> str:
    return f"sha256:{hashlib.sha256(rfc8785.dumps(rows)).hexdigest()}"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": _cut(finding.id),
        "severity": finding.severity.value,
        "package": _cut(finding.package),
        "version": _cut(finding.version),
        "fixedVersion": _cut(finding.fixed_version),
    }


def _stated(finding: Finding, said: Said) -> dict[str, Any]:
    statement, document = said
    return {
        **_finding(finding),
        "status": statement.status.value,
        "author": _cut(statement.author),
        "justification": _cut(statement.justification),
        "explanation": _cut(statement.explanation, _SENTENCE),
        "statedAt": moment_text(statement.at),
        "submittedBy": _cut(document.submitted_by),
        "documentId": str(document.id),
        "documentDigest": document.digest,
    }


def _waived(finding: Finding, waiver: Waiver) -> dict[str, Any]:
    return {
        **_finding(finding),
        "waiverId": str(waiver.id),
        "waivedBy": _cut(waiver.created_by.name),
        "waivedAt": moment_text(waiver.created_at),
        "until": moment_text(waiver.ends_at),
        "reason": _cut(waiver.reason, _SENTENCE),
    }


def _catalogue(catalogue: KnownExploited) -> Mapping[str, Any]:
    return {
        "version": catalogue.version,
        "digest": catalogue.digest,
        "importedAt": moment_text(catalogue.imported_at),
        "count": catalogue.count,
    }


def _cut(text: str, length: int = _WORD) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
