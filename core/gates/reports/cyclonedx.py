"""CycloneDX 1.4 to 1.7 (JSON) with `vulnerabilities`, as Trivy, Grype and others write it.

Of several ratings the one by the vulnerability's own source holds, if there is one; else the highest. What a
document says in `analysis` is VEX, and counts once it is handed in as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from core.domain.findings import Finding, Severity
from core.errors import InvalidError
from core.gates.cyclonedx import Affected, Bom, Component, Package, package_at, packages_by_ref
from core.gates.documents import Many, Maybe, Named, Part, Prose, moment_in, part_of
from core.gates.reports.report import ReadReport, report_of, severity_named, severity_scored

FORMAT = "cyclonedx"

_UPGRADE = re.compile(r"\bto version (.{1,400}?)\.?$")


class _Source(Part):
    name: Maybe = ""


class _Rating(Part):
    source: _Source | None = None
    severity: Maybe = ""
    score: int | float | None = None


class _Version(Part):
    version: Maybe = ""
    status: Maybe = ""


class _Affected(Affected):
    versions: Many[_Version]


class _Vulnerability(Part):
    id: Named
    source: _Source | None = None
    ratings: Many[_Rating]
    recommendation: Prose = ""
    affects: Many[_Affected]


class _Tool(Part):
    name: Maybe = ""


class _Tools(Part):
    components: Many[_Tool]
    services: Many[_Tool]


class _Metadata(Part):
    timestamp: Maybe = ""
    tools: list[_Tool] | _Tools | None = None
    component: Component | None = None


class _Report(Bom):
    metadata: _Metadata | None = None
    components: Many[Component]
    vulnerabilities: list[_Vulnerability]


def read(tree: dict[str, Any]) -> ReadReport:
    """Read a report. Raises InvalidError; also for a list of components that says nothing of vulnerabilities."""
    if "vulnerabilities" not in tree:
        raise InvalidError(
            "The document has no vulnerabilities: it lists what is in a release, not what was found in it",
            field="vulnerabilities",
            hint="Have the scanner look for vulnerabilities, for example with `trivy --scanners vuln`.",
        )
    report = part_of(_Report, tree)
    metadata = report.metadata or _Metadata()
    scanned_at = moment_in(metadata.timestamp, "metadata.timestamp")
    return report_of(FORMAT, _scanner(metadata), _findings(report, metadata), scanned_at)


def _scanner(metadata: _Metadata) -> str:
    """The tool that wrote it; before CycloneDX 1.5 `tools` was a list of them."""
    tools = metadata.tools
    named = [*tools.components, *tools.services] if isinstance(tools, _Tools) else tools or []
    return next((tool.name.casefold() for tool in named if tool.name), FORMAT)


def _findings(report: _Report, metadata: _Metadata) -> Iterator[Finding]:
    known = packages_by_ref([*report.components, *([metadata.component] if metadata.component else [])])
    for each in report.vulnerabilities:
        severity, source = _rated(each)
        fix = _UPGRADE.search(each.recommendation)
        for package, version in _places(each.affects, known):
            yield Finding(
                id=each.id,
                severity=severity,
                package=package.name,
                version=version,
                fixed_version=fix[1] if fix else "",
                source=source,
                purl=package.purl,
            )


def _places(affects: Iterable[_Affected], known: dict[str, Package]) -> Iterator[tuple[Package, str]]:
    """Each package that is affected, with its version; a vulnerability in nothing that is named is in something."""
    affected = [(package_at(each.ref, known), each) for each in affects]
    for package, each in affected:
        told = [version.version for version in each.versions if version.version and version.status != "unaffected"]
        yield package, package.version or ", ".join(told)[:500]
    if not affected:
        yield Package("", ""), ""


def _rated(each: _Vulnerability) -> tuple[Severity, str]:
    """The severity that holds, and whose it is."""
    own = each.source.name.casefold() if each.source else ""
    ratings = [(_severity(rating), rating.source.name if rating.source else "") for rating in each.ratings]
    by_own = [rated for rated in ratings if own and rated[1].casefold() == own]
    if chosen := by_own or ratings:
        return max(chosen, key=lambda rated: rated[0].rank)
    return Severity.UNKNOWN, own


def _severity(rating: _Rating) -> Severity:
    if rating.severity or rating.score is None:
        return severity_named(rating.severity)
    return severity_scored(rating.score)
