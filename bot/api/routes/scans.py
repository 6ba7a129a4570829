"""Scan reports, as scanners write them."""

from __future__ import annotations

from uuid import UUID

from bot.api.answers import JSON
from bot.api.endpoint import Call, Endpoint
from bot.api.paths import BASE
from bot.api.schemas.queries import PageQuery
from bot.api.schemas.scans import (
    FindingList,
    FindingQuery,
    ScanBody,
    ScanList,
    ScannerFile,
    ScanQuery,
    ScanShown,
    findings_of,
    new_scan_of,
    scan_of,
    scans_of,
)
from core.app.scanning import SubmitReport

TAG = "Scan reports"
PATH = f"{BASE}/scan-reports"
OF_RELEASE = f"{BASE}/releases/{{id}}/scan-reports"
MEDIA_TYPES = (JSON, "application/sarif+json", "application/vnd.cyclonedx+json")


async def submit_scan_report(call: Call, id: UUID, query: ScanQuery, document: bytes) -> ScanShown:
    """Submit a scan report.

    The body is the scanner's own file, or counts. Its format is found in its content. One finding is one vulnerability
    in one version of one package, however many targets show it. Of several ratings the one by the vulnerability's own
    source holds, if there is one; else the highest. The newest report of each scanner counts, several scanners
    together by the worst. The gates of open promotions that depend on it are looked at again.
    """
    command = SubmitReport(id, document, query.scanner or "")
    report = await call.countersign.scanning.submit_report(call.actor, command)
    call.headers["Location"] = f"{PATH}/{report.id}"
    return new_scan_of(report)


async def list_scan_reports(call: Call, id: UUID, query: PageQuery) -> ScanList:
    """List scan reports.

    Newest first.
    """
    return scans_of(await call.countersign.scan_reading.reports(call.actor, id, query.request()))


async def get_scan_report(call: Call, id: UUID) -> ScanShown:
    """Get a scan report."""
    return scan_of(await call.countersign.scan_reading.report(call.actor, id))


async def list_findings(call: Call, id: UUID, query: FindingQuery) -> FindingList:
    """List the findings of a scan report.

    The worst first, each with the VEX statement that holds for it and the waivers that cover it now.
    """
    wanted = frozenset(query.severity)
    return findings_of(await call.countersign.scan_reading.findings(call.actor, id, wanted, query.request()))


ENDPOINTS = (
    Endpoint(
        "POST",
        OF_RELEASE,
        submit_scan_report,
        TAG,
        201,
        needs="publisher",
        document=ScanBody | ScannerFile,
        accepts=MEDIA_TYPES,
    ),
    Endpoint("GET", OF_RELEASE, list_scan_reports, TAG, needs="reader"),
    Endpoint("GET", f"{PATH}/{{id}}", get_scan_report, TAG, needs="reader"),
    Endpoint("GET", f"{PATH}/{{id}}/findings", list_findings, TAG, needs="reader"),
)
