"""Scan reports, VEX documents, waivers and known exploited vulnerabilities in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.app.pages import Mark, Page, PageRequest
from core.app.scans import WaiverFilter
from core.domain.findings import Finding, Severity
from core.domain.known_exploited import KnownExploited
from core.domain.release import ScanReport
from core.domain.text import name_key
from core.domain.vex import VexDocument
from core.domain.waiver import Waiver
from core.errors import StaleVersionError
from tests.support.memory.tables import Tables, paged


class MemoryScanReports:
    def __init__(self, tables: Tables) -> None:
        self._scans = tables.scans
        self._findings = tables.findings

    def add(self, report: ScanReport, findings: tuple[Finding, ...] = ()) -> None:
        self._scans.append(report)
        self._findings[report.id] = findings

    def get(self, id: UUID) -> ScanReport | None:
        return next((report for report in self._scans if report.id == id), None)

    def newest(self, release_id: UUID) -> ScanReport | None:
        return next(iter(self._of(release_id)), None)

    def holding(self, release_id: UUID) -> tuple[ScanReport, ...]:
        newest: dict[str, ScanReport] = {}
        for report in self._of(release_id):
            newest.setdefault(name_key(report.scanner), report)
        return tuple(newest.values())

    def page(self, release_id: UUID, request: PageRequest) -> Page[ScanReport]:
        numbers = {report.id: number for number, report in enumerate(self._scans)}
        return paged(self._of(release_id), request, lambda each: Mark("scan_reports", numbers[each.id]))

    def findings(self, reports: Iterable[ScanReport]) -> tuple[Finding, ...]:
        return tuple(each._replace(targets=()) for report in reports for each in self._findings[report.id])

    def findings_page(self, report_id: UUID, severities: frozenset[Severity], request: PageRequest) -> Page[Finding]:
        found = self._findings.get(report_id, ())
        chosen = [each for each in found if not severities or each.severity in severities]
        return paged(chosen, request, lambda each: Mark("findings", found.index(each)))

    def _of(self, release_id: UUID) -> list[ScanReport]:
        return [report for report in reversed(self._scans) if report.release_id == release_id]


class MemoryVexDocuments:
    def __init__(self, tables: Tables) -> None:
        self._documents = tables.vex

    def add(self, document: VexDocument) -> None:
        self._documents.append(document)

    def of(self, release_id: UUID) -> tuple[VexDocument, ...]:
        return tuple(each for each in self._documents if each.release_id == release_id)


class MemoryWaivers:
    def __init__(self, tables: Tables) -> None:
        self._waivers = tables.waivers

    def get(self, id: UUID) -> Waiver | None:
        return self._waivers.get(id)

    def add(self, waiver: Waiver) -> None:
        self._waivers[waiver.id] = waiver

    def replace(self, waiver: Waiver) -> None:
        if self._waivers[waiver.id].revoked_at:
            raise StaleVersionError("Somebody else revoked this waiver at the same moment")
        self._waivers[waiver.id] = waiver

    def page(self, wanted: WaiverFilter, request: PageRequest) -> Page[Waiver]:
        fitting = [
            waiver
            for waiver in self._waivers.values()
            if wanted.component in {"", waiver.component}
            and wanted.environment_id in {None, waiver.environment_id}
            and wanted.vulnerability.casefold() in {"", waiver.vulnerability.casefold()}
            and (wanted.holding_at is None or waiver.holds_at(wanted.holding_at))
        ]
        newest_first = sorted(fitting, key=lambda each: (each.created_at, each.id), reverse=True)
        return paged(newest_first, request, lambda each: Mark("waivers", each.created_at, each.id))

    def holding(self, component: str, environment_id: UUID, at: datetime) -> tuple[Waiver, ...]:
        return tuple(each for each in self.of_component(component, at) if each.environment_id == environment_id)

    def of_component(self, component: str, at: datetime) -> tuple[Waiver, ...]:
        holding = [each for each in self._waivers.values() if each.component == component and each.holds_at(at)]
        return tuple(sorted(holding, key=lambda each: (each.created_at, each.id)))


class MemoryKnownExploited:
    def __init__(self, tables: Tables) -> None:
        self._catalogues = tables.known_exploited

    def put(self, catalogue: KnownExploited) -> None:
        self._catalogues[:] = [catalogue]

    def catalogue(self, ids: Iterable[str] = ()) -> KnownExploited | None:
        asked = {id.casefold() for id in ids}
        return next((replace(each, ids=each.ids & asked) for each in self._catalogues), None)
