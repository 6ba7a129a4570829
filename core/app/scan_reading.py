"""Looking up what was found in releases, what is said against it, and who waived what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from core.app.authorise import require_right
from core.app.finding import found
from core.app.pages import Page, PageRequest
from core.app.ports import Ports, Store
from core.app.scans import WaiverFilter
from core.domain.findings import Finding, Severity
from core.domain.known_exploited import KnownExploited
from core.domain.people import Actor, Right
from core.domain.release import ScanReport
from core.domain.vex import VexDocument
from core.domain.waiver import Waiver
from core.gates.vex.matching import Said, by_vulnerability, holding

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReportView:
    """A scan report, and whether it is the newest of its scanner."""

    report: ScanReport
    holds: bool


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with the VEX statement that holds for it, and the waivers that cover it, one or none an environment."""

    finding: Finding
    said: Said | None
    waivers: tuple[Waiver, ...]


@dataclass(frozen=True, slots=True)
class WaiverView:
    """A waiver with the name of its environment, and whether it holds now."""

    waiver: Waiver
    environment_name: str
    holds: bool


class ScanReading:
    """Answers questions. Everybody who is known and active may ask; unknown ids are NotFoundError."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def reports(self, actor: Actor, release_id: UUID, page: PageRequest) -> Page[ReportView]:
        """One page of a release's scan reports, newest first."""

        def body(store: Store) -> Page[ReportView]:
            found(store.releases.get(release_id), "release", release_id)
            newest = {report.id for report in store.scans.holding(release_id)}
            return store.scans.page(release_id, page).showing(lambda report: ReportView(report, report.id in newest))

        return await self._read(actor, body)

    async def report(self, actor: Actor, id: UUID) -> ReportView:
        """One scan report."""

        def body(store: Store) -> ReportView:
            report = found(store.scans.get(id), "scan report", id)
            return ReportView(report, report in store.scans.holding(report.release_id))

        return await self._read(actor, body)

    async def findings(
        self, actor: Actor, report_id: UUID, severities: frozenset[Severity], page: PageRequest
    ) -> Page[FindingView]:
        """One page of a report's findings, the worst first, with what takes each out of the count."""

        def body(store: Store) -> Page[FindingView]:
            report = found(store.scans.get(report_id), "scan report", report_id)
            release = found(store.releases.get(report.release_id), "release", report.release_id)
            statements = by_vulnerability(store.vex.of(release.id))
            waivers = store.waivers.of_component(release.component, self._ports.clock())

            def view(finding: Finding) -> FindingView:
                covering = tuple(waiver for waiver in waivers if waiver.covers(finding))
                return FindingView(finding, holding(statements, finding, release), covering)

            return store.scans.findings_page(report_id, severities, page).showing(view)

        return await self._read(actor, body)

    async def vex_documents(self, actor: Actor, release_id: UUID) -> tuple[VexDocument, ...]:
        """All VEX documents of a release, in the order in which they were handed in."""

        def body(store: Store) -> tuple[VexDocument, ...]:
            found(store.releases.get(release_id), "release", release_id)
            return store.vex.of(release_id)

        return await self._read(actor, body)

    async def waivers(self, actor: Actor, wanted: WaiverFilter, page: PageRequest) -> Page[WaiverView]:
        """One page of waivers, newest first."""

        def body(store: Store) -> Page[WaiverView]:
            return store.waivers.page(wanted, page).showing(lambda waiver: self._waiver(store, waiver))

        return await self._read(actor, body)

    async def waiver(self, actor: Actor, id: UUID) -> WaiverView:
        """One waiver."""
        return await self._read(actor, lambda store: self._waiver(store, found(store.waivers.get(id), "waiver", id)))

    async def known_exploited(self, actor: Actor) -> KnownExploited | None:
        """The catalogue in use, without its entries; None where none was imported."""
        return await self._read(actor, lambda store: store.known_exploited.catalogue())

    def _waiver(self, store: Store, waiver: Waiver) -> WaiverView:
        environment = store.environments.get(waiver.environment_id)
        return WaiverView(waiver, environment.name if environment else "", waiver.holds_at(self._ports.clock()))

    async def _read(self, actor: Actor, body: Callable[[Store], T]) -> T:
        def transaction(store: Store) -> T:
            require_right(store, actor, Right.READER)
            return body(store)

        return await self._ports.transactions.read(transaction)
