"""Grype's JSON (`grype -o json`): https://github.com/anchore/grype, `grype/presenter/models`.

A match has the rating of the source that it was found in. `relatedVulnerabilities` are what others say; they do not
count.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.domain.findings import Finding
from core.gates.documents import LongMaybe, Many, Maybe, Named, Part, Word, moment_in, part_of
from core.gates.reports.report import ReadReport, report_of, severity_named

FORMAT = "grype"


class _Fix(Part):
    versions: Many[Word]


class _Vulnerability(Part):
    id: Named
    namespace: Maybe = ""
    severity: Maybe = ""
    fix: _Fix | None = None


class _Location(Part):
    path: LongMaybe = ""


class _Artifact(Part):
    name: Named
    version: Maybe = ""
    purl: LongMaybe = ""
    locations: Many[_Location]


class _Match(Part):
    vulnerability: _Vulnerability
    artifact: _Artifact


class _Descriptor(Part):
    timestamp: Maybe = ""


class _Report(Part):
    matches: list[_Match]
    descriptor: _Descriptor | None = None


def looks_like_it(tree: dict[str, Any]) -> bool:
    """Whether a document says that it is of this format."""
    return "matches" in tree and bool({"descriptor", "source", "distro"} & tree.keys())


def read(tree: dict[str, Any]) -> ReadReport:
    """Read a report. Raises InvalidError."""
    report = part_of(_Report, tree)
    timestamp = report.descriptor.timestamp if report.descriptor else ""
    return report_of(FORMAT, "grype", _findings(report), moment_in(timestamp, "descriptor.timestamp"))


def _findings(report: _Report) -> Iterator[Finding]:
    for match in report.matches:
        found, artifact = match.vulnerability, match.artifact
        yield Finding(
            id=found.id,
            severity=severity_named(found.severity),
            package=artifact.name,
            version=artifact.version,
            fixed_version=", ".join(found.fix.versions)[:2000] if found.fix else "",
            source=found.namespace,
            purl=artifact.purl,
            targets=tuple(location.path for location in artifact.locations if location.path),
        )
