"""What the security gate sees, read from the store when it asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from core.app.ports import Store
from core.app.remembering import once
from core.domain.environment import Environment
from core.domain.findings import Finding, combined
from core.domain.known_exploited import KnownExploited
from core.domain.release import Release, ScanReport
from core.domain.vex import VexDocument
from core.domain.waiver import Waiver
from core.gates.scanned import Running


@dataclass(frozen=True, slots=True)
class StoredScans:
    """`core.gates.scanned.Scanned` over the store of one transaction."""

    store: Store
    at: datetime
    release: Release
    target: Environment
    requester: UUID | None
    answers: dict[tuple[str, ...], Any] = field(default_factory=dict)

    @once
    def reports(self) -> tuple[ScanReport, ...]:
        """The release's newest report of each scanner."""
        return self.store.scans.holding(self.release.id)

    @once
    def findings(self) -> tuple[Finding, ...]:
        """The findings of those reports, each once."""
        return self._findings(self.reports())

    @once
    def vex_documents(self) -> tuple[VexDocument, ...]:
        """The release's VEX documents."""
        return self.store.vex.of(self.release.id)

    @once
    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers that hold for the component in the target environment."""
        return self.store.waivers.holding(self.release.component, self.target.id, self.at)

    def requested_by(self) -> UUID | None:
        """Who asks, or would."""
        return self.requester

    def catalogue(self, ids: Iterable[str]) -> KnownExploited | None:
        """The catalogue, with those of `ids` that are in it."""
        return self.store.known_exploited.catalogue(ids)

    @once
    def deployed(self) -> Running | None:
        """What runs in the target environment of the same component."""
        current = self.store.releases.current(self.target.id, self.release.component)
        release = self.store.releases.get(current.release_id) if current else None
        if release is None:
            return None
        reports = self.store.scans.holding(release.id)
        return Running(release, reports, self._findings(reports))

    def _findings(self, reports: tuple[ScanReport, ...]) -> tuple[Finding, ...]:
        """Each finding once; within one report it is so already."""
        found = self.store.scans.findings(reports)
        return combined(found) if len(reports) > 1 else found
