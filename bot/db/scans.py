"""Scan reports and their findings."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, insert, select
from sqlalchemy import Row as TableRow

from bot.db import scan_tables, tables
from bot.db.lists import Order, page_of
from bot.db.prepared import Prepared
from bot.db.rules_lock import RulesLock
from core.app.pages import Page, PageRequest
from core.domain.findings import SEVERITIES, Finding, Severity
from core.domain.release import ScanReport
from core.domain.text import name_key

_scans = tables.scan_reports
_findings = scan_tables.findings
_NEWEST_FIRST = Order((_scans.c.sequence,))
_WORST_FIRST = Order((_findings.c.number,), falling=False)
_BY_RANK = {severity.rank: severity for severity in SEVERITIES}
_BRIEF = (
    _findings.c.vulnerability,
    _findings.c.severity,
    _findings.c.package,
    _findings.c.package_version,
    _findings.c.fixed_version,
    _findings.c.source,
    _findings.c.purl,
)


class ScanReports:
    """ScanReports of `core.app.scans`."""

    def __init__(self, connection: Connection, rules: RulesLock) -> None:
        self._connection = connection
        self._rules = rules

    def add(self, report: ScanReport, findings: tuple[Finding, ...] = ()) -> None:
        self._rules.change()
        self._connection.execute(insert(_scans).inline(), _row(report))
        if findings:
            sequence = self._connection.execute(select(_scans.c.sequence).where(_scans.c.id == report.id)).scalar_one()
            rows = [_finding_row(sequence, number, finding) for number, finding in enumerate(findings)]
            self._connection.execute(insert(_findings).inline(), rows)

    def get(self, id: UUID) -> ScanReport | None:
        return next(iter(self._many(select(_scans).where(_scans.c.id == id))), None)

    def newest(self, release_id: UUID) -> ScanReport | None:
        return next(iter(self._many(_newest_first(_scans.c.release_id == release_id).limit(1))), None)

    def holding(self, release_id: UUID) -> tuple[ScanReport, ...]:
        return tuple(_report(row) for row in _HOLDING.all(self._connection, release=release_id))

    def page(self, release_id: UUID, request: PageRequest) -> Page[ScanReport]:
        of_release = _scans.c.release_id == release_id
        matching = select(_scans).where(of_release)
        return page_of(self._connection, matching, _NEWEST_FIRST, request, lambda rows: map(_report, rows))

    def findings(self, reports: Iterable[ScanReport]) -> tuple[Finding, ...]:
        return tuple(chain.from_iterable(self._brief(report.id) for report in reports if report.has_findings))

    def findings_page(self, report_id: UUID, severities: frozenset[Severity], request: PageRequest) -> Page[Finding]:
        wanted = _of_report(select(_findings), report_id)
        if severities:
            wanted = wanted.where(_findings.c.severity.in_(sorted(severity.rank for severity in severities)))
        return page_of(self._connection, wanted, _WORST_FIRST, request, lambda rows: map(_finding, rows))

    def _brief(self, report_id: UUID) -> Iterable[Finding]:
        rows = self._connection.execute(_of_report(select(*_BRIEF), report_id).order_by(_findings.c.number))
        for id, rank, package, version, fixed, source, purl in rows:
            yield Finding(id, _BY_RANK[rank], package, version, fixed, source, purl)

    def _many(self, query: Select[Any]) -> tuple[ScanReport, ...]:
        return tuple(_report(row) for row in self._connection.execute(query))


def _newest_first(*conditions: ColumnElement[bool]) -> Select[Any]:
    return _NEWEST_FIRST.sorted(select(_scans).where(*conditions))


def _holding() -> Select[Any]:
    of_release = _scans.c.release_id == bindparam("release")
    newest = select(func.max(_scans.c.sequence)).where(of_release).group_by(_scans.c.scanner_key)
    return _newest_first(of_release, _scans.c.sequence.in_(newest))


_HOLDING = Prepared(_holding())


def _of_report(query: Select[Any], report_id: UUID) -> Select[Any]:
    return query.where(
        _findings.c.report == select(_scans.c.sequence).where(_scans.c.id == report_id).scalar_subquery()
    )


def _row(report: ScanReport) -> dict[str, Any]:
    return {
        "id": report.id,
        "release_id": report.release_id,
        "scanner": report.scanner,
        "scanner_key": name_key(report.scanner),
        "submitted_at": report.submitted_at,
        **{severity.value: count for severity, count in report.counts.items()},
        "format": report.format,
        "digest": report.digest,
        "scanned_at": report.scanned_at,
    }


def _report(row: TableRow[Any]) -> ScanReport:
    return ScanReport(
        id=row.id,
        release_id=row.release_id,
        scanner=row.scanner,
        submitted_at=row.submitted_at,
        critical=row.critical,
        high=row.high,
        medium=row.medium,
        low=row.low,
        unknown=row.unknown,
        format=row.format,
        digest=row.digest,
        scanned_at=row.scanned_at,
    )


def _finding_row(sequence: int, number: int, finding: Finding) -> dict[str, Any]:
    return {
        "report": sequence,
        "number": number,
        "vulnerability": finding.id,
        "severity": finding.severity.rank,
        "package": finding.package,
        "package_version": finding.version,
        "fixed_version": finding.fixed_version,
        "source": finding.source,
        "purl": finding.purl,
        "targets": finding.targets,
    }


def _finding(row: TableRow[Any]) -> Finding:
    return Finding(
        id=row.vulnerability,
        severity=_BY_RANK[row.severity],
        package=row.package,
        version=row.package_version,
        fixed_version=row.fixed_version,
        source=row.source,
        purl=row.purl,
        targets=tuple(row.targets),
    )
