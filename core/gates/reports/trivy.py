"""Trivy's JSON (`trivy image --format json`), schema version 2: https://trivy.dev/docs/latest/configuration/reporting/.

Trivy has chosen among ratings already: `Severity` is the one of `SeveritySource`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from core.domain.findings import Finding
from core.gates.documents import LongMaybe, Many, Maybe, Named, Part, moment_in, part_of
from core.gates.reports.report import ReadReport, report_of, severity_named

FORMAT = "trivy"


class _Identifier(Part):
    PURL: LongMaybe = ""


class _Source(Part):
    ID: Maybe = ""


class _Vulnerability(Part):
    VulnerabilityID: Named
    PkgName: Named
    InstalledVersion: Maybe = ""
    FixedVersion: LongMaybe = ""
    Severity: Maybe = ""
    SeveritySource: Maybe = ""
    PkgIdentifier: _Identifier | None = None
    DataSource: _Source | None = None


class _Result(Part):
    Target: LongMaybe = ""
    Vulnerabilities: Many[_Vulnerability]


class _Report(Part):
    SchemaVersion: Literal[2]
    CreatedAt: Maybe = ""
    Results: Many[_Result]


def looks_like_it(tree: dict[str, Any]) -> bool:
    """Whether a document says that it is of this format."""
    return "SchemaVersion" in tree and bool({"Results", "ArtifactName"} & tree.keys())


def read(tree: dict[str, Any]) -> ReadReport:
    """Read a report. Raises InvalidError."""
    report = part_of(_Report, tree)
    return report_of(FORMAT, "trivy", _findings(report), moment_in(report.CreatedAt, "CreatedAt"))


def _findings(report: _Report) -> Iterator[Finding]:
    for result in report.Results:
        targets = (result.Target,) if result.Target else ()
        for each in result.Vulnerabilities:
            yield Finding(
                id=each.VulnerabilityID,
                severity=severity_named(each.Severity),
                package=each.PkgName,
                version=each.InstalledVersion,
                fixed_version=each.FixedVersion,
                source=each.SeveritySource or (each.DataSource.ID if each.DataSource else ""),
                purl=each.PkgIdentifier.PURL if each.PkgIdentifier else "",
                targets=targets,
            )
