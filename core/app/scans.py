"""The ports behind which scan reports, VEX documents, waivers and known exploited vulnerabilities are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.app.pages import Page, PageRequest
from core.domain.findings import Finding, Severity
from core.domain.known_exploited import KnownExploited
from core.domain.release import ScanReport
from core.domain.vex import VexDocument
from core.domain.waiver import Waiver


class ScanReports(Protocol):
    """Scan reports with their findings. The newest report is the one stored last, whatever clocks said."""

    def add(self, report: ScanReport, findings: tuple[Finding, ...] = ()) -> None:
        """Store a report with its findings."""
        ...

    def get(self, id: UUID) -> ScanReport | None:
        """The report with that id."""
        ...

    def newest(self, release_id: UUID) -> ScanReport | None:
        """A release's newest report."""
        ...

    def holding(self, release_id: UUID) -> tuple[ScanReport, ...]:
        """A release's newest report of each scanner, newest first. Letter case makes no other scanner."""
        ...

    def page(self, release_id: UUID, request: PageRequest) -> Page[ScanReport]:
        """One page of a release's reports, newest first."""
        ...

    def findings(self, reports: Iterable[ScanReport]) -> tuple[Finding, ...]:
        """All findings of some reports, as they stand in each, without their targets."""
        ...

    def findings_page(self, report_id: UUID, severities: frozenset[Severity], request: PageRequest) -> Page[Finding]:
        """One page of a report's findings of these severities (none: of all), the worst first, whole."""
        ...


class VexDocuments(Protocol):
    """VEX documents by release."""

    def add(self, document: VexDocument) -> None:
        """Store a document."""
        ...

    def of(self, release_id: UUID) -> tuple[VexDocument, ...]:
        """A release's documents, in the order in which they were handed in."""
        ...


@dataclass(frozen=True, slots=True)
class WaiverFilter:
    """Which waivers are wanted; what is None or empty does not restrict. `holding_at` leaves out all that do not."""

    component: str = ""
    environment_id: UUID | None = None
    vulnerability: str = ""
    holding_at: datetime | None = field(default=None)


class Waivers(Protocol):
    """Waivers, those that have ended or were revoked included."""

    def get(self, id: UUID) -> Waiver | None:
        """The one with that id."""
        ...

    def add(self, waiver: Waiver) -> None:
        """Store a new one."""
        ...

    def replace(self, waiver: Waiver) -> None:
        """Store the one that was revoked."""
        ...

    def page(self, wanted: WaiverFilter, request: PageRequest) -> Page[Waiver]:
        """One page of them, newest first."""
        ...

    def holding(self, component: str, environment_id: UUID, at: datetime) -> tuple[Waiver, ...]:
        """Those that hold at a moment for a component on its way to an environment."""
        ...

    def of_component(self, component: str, at: datetime) -> tuple[Waiver, ...]:
        """Those that hold at a moment for a component, wherever it goes."""
        ...


class KnownExploitedVulnerabilities(Protocol):
    """The one catalogue of known exploited vulnerabilities."""

    def put(self, catalogue: KnownExploited) -> None:
        """Store a catalogue in place of the one before."""
        ...

    def catalogue(self, ids: Iterable[str] = ()) -> KnownExploited | None:
        """The catalogue with those of `ids` (in any letter case) that are in it; None where none was imported."""
        ...
