"""Scan reports and their findings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from bot.api.schemas.base import ONE_PAGE, Body, Listing, Name, Shown, example, meta_of
from bot.api.schemas.queries import PageQuery, Query
from core.app.pages import Page
from core.app.scan_reading import FindingView, ReportView
from core.domain.findings import Severity
from core.domain.release import MAX_COUNT, ScanReport
from core.domain.vex import VexStatus

_SCAN = {
    "scanner": "trivy",
    "criticalCount": 0,
    "highCount": 3,
    "mediumCount": 12,
    "lowCount": 40,
    "unknownCount": 0,
}
_SHOWN = {
    "id": "2f1acc6c-3f85-4a0e-a5c5-5e0d1a7f3b09",
    "releaseId": "5a0c4d0e-51d2-4c6e-9a51-0f6f3f5b8a01",
    **_SCAN,
    "format": "trivy",
    "digest": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "holds": True,
    "scannedAt": "2026-01-10T13:04:12Z",
    "submittedAt": "2026-01-10T13:05:00Z",
}
_STATEMENT = {
    "status": "not_affected",
    "author": "Example Security",
    "justification": "vulnerable_code_not_in_execute_path",
    "explanation": "Policies are never pretty-printed",
    "statedAt": "2026-01-09T08:00:00Z",
    "documentId": "8b1e7a52-6a43-4f0e-9e0e-2f7b8f1c3d11",
    "takesOut": True,
}
_WAIVER = {
    "id": "c2b8d8b1-0f9e-4f55-8a6e-6d3b5a1f7c21",
    "environmentId": "e4f7e6a0-2b5d-4b0e-8a35-1f2e3d4c5b6a",
    "createdBy": "Carol Chen",
    "reason": "Only reachable from the build network",
    "endsAt": "2026-03-01T00:00:00Z",
}
_FINDING = {
    "id": "CVE-2022-23628",
    "severity": "medium",
    "package": "github.com/open-policy-agent/opa",
    "version": "v0.35.0",
    "fixedVersion": "0.37.0",
    "source": "nvd",
    "purl": "pkg:golang/github.com/open-policy-agent/opa@v0.35.0",
    "targets": ["go.mod"],
    "vex": _STATEMENT,
    "waivers": [_WAIVER],
}

Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]


class ScanBody(Body):
    """What a vulnerability scanner found, as counts. Critical and high must be said: gates look at them."""

    model_config = example("ScanReportDraft", **_SCAN)

    scanner: Name = Field(description="Who looked.")
    critical_count: Count
    high_count: Count
    medium_count: Count = 0
    low_count: Count = 0
    unknown_count: Count = 0


class ScannerFile(BaseModel):
    """A scanner's own file: Trivy JSON, Grype JSON, SARIF 2.1.0, or CycloneDX 1.4 to 1.7 JSON with vulnerabilities."""

    model_config = ConfigDict(extra="allow")


class ScanQuery(Query):
    """How a report is to be named."""

    scanner: Name | None = Field(
        default=None,
        description="Who looked, instead of the file's own word. A newer report replaces an older one of the same "
        "scanner, so reports on several images of one release need names of their own: `trivy api`, `trivy web`.",
    )


class ScanShown(Shown):
    """What a vulnerability scanner found."""

    model_config = example("ScanReport", **_SHOWN)

    id: UUID
    release_id: UUID
    scanner: str
    format: str = Field(description="`trivy`, `grype`, `sarif`, `cyclonedx`, or `counts`, which names no findings.")
    digest: str | None = Field(description="`sha256:` over the file as it came; null for counts made here.")
    holds: bool = Field(description="It is the newest one of its scanner, so gates look at it.")
    scanned_at: datetime = Field(description="When the scanner looked, by its own word; else when it was submitted.")
    submitted_at: datetime
    critical_count: int
    high_count: int
    medium_count: int
    low_count: int
    unknown_count: int


class ScanList(Listing[ScanShown]):
    """One page of scan reports, newest first."""

    model_config = example("ScanReportList", data=[_SHOWN], meta=ONE_PAGE)


class FindingQuery(PageQuery):
    """Which findings are wanted."""

    severity: list[Severity] = Field(
        default=[], description="Filter by severity. Several are repeated or separated by commas."
    )


class StatementShown(Shown):
    """The VEX statement that holds for a finding: the newest one that is about it."""

    model_config = example("FindingStatement", **_STATEMENT)

    status: VexStatus
    author: str
    justification: str
    explanation: str
    stated_at: datetime
    document_id: UUID
    takes_out: bool = Field(description="The finding does not count: `not_affected` or `fixed`.")


class FindingWaiver(Shown):
    """A waiver that lets a finding pass on its way to one environment, for whoever did not make it."""

    model_config = example(**_WAIVER)

    id: UUID
    environment_id: UUID
    created_by: str
    reason: str
    ends_at: datetime


class FindingShown(Shown):
    """One vulnerability in one version of one package."""

    model_config = example("Finding", **_FINDING)

    id: str
    severity: Severity
    package: str
    version: str
    fixed_version: str = Field(description="Empty where there is no fix.")
    source: str = Field(description="Whose rating the severity is, or who published it.")
    purl: str
    targets: list[str] = Field(description="Where it shows, at most the first 20 places.")
    vex: StatementShown | None = Field(description="What holds of all that VEX documents say about it.")
    waivers: list[FindingWaiver]


class FindingList(Listing[FindingShown]):
    """One page of findings, the worst first."""

    model_config = example(data=[_FINDING], meta=ONE_PAGE)


def scan_of(view: ReportView) -> ScanShown:
    report = view.report
    counts = {f"{severity}_count": count for severity, count in report.counts.items()}
    return ScanShown(
        id=report.id,
        release_id=report.release_id,
        scanner=report.scanner,
        format=report.format,
        digest=report.digest or None,
        holds=view.holds,
        scanned_at=report.dated,
        submitted_at=report.submitted_at,
        **counts,
    )


def new_scan_of(report: ScanReport) -> ScanShown:
    return scan_of(ReportView(report, holds=True))


def scans_of(page: Page[ReportView]) -> ScanList:
    return ScanList(data=[scan_of(view) for view in page.items], meta=meta_of(page))


def findings_of(page: Page[FindingView]) -> FindingList:
    return FindingList(data=[_finding_of(view) for view in page.items], meta=meta_of(page))


def _finding_of(view: FindingView) -> FindingShown:
    finding = view.finding
    return FindingShown(
        id=finding.id,
        severity=finding.severity,
        package=finding.package,
        version=finding.version,
        fixed_version=finding.fixed_version,
        source=finding.source,
        purl=finding.purl,
        targets=list(finding.targets),
        vex=_statement_of(view),
        waivers=[
            FindingWaiver(
                id=waiver.id,
                environment_id=waiver.environment_id,
                created_by=waiver.created_by.name,
                reason=waiver.reason,
                ends_at=waiver.ends_at,
            )
            for waiver in view.waivers
        ],
    )


def _statement_of(view: FindingView) -> StatementShown | None:
    if view.said is None:
        return None
    statement, document = view.said
    return StatementShown(
        status=statement.status,
        author=statement.author,
        justification=statement.justification,
        explanation=statement.explanation,
        stated_at=statement.at,
        document_id=document.id,
        takes_out=statement.status.takes_out,
    )
