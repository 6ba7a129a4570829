"""What gates see of a promotion, read from the store when a gate asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.app.ports import Store
from core.app.scan_context import StoredScans
from core.domain.environment import Environment, EnvironmentRef, FreezeWindow
from core.domain.release import Deployment, Release, ScanReport
from core.gates.gate import GateContext


@dataclass(frozen=True, slots=True)
class StoredKnowledge:
    """`core.gates.known.Known` over the store of one transaction."""

    store: Store
    at: datetime
    release: Release
    source: EnvironmentRef | None
    target: Environment
    requester: UUID | None = None

    def scanned(self) -> StoredScans:
        """What scanners found, and what is said against it."""
        return StoredScans(self.store, self.at, self.release, self.target, self.requester)

    def newest_scan(self) -> ScanReport | None:
        """The release's newest scan report."""
        return self.store.scans.newest(self.release.id)

    def freeze_windows(self) -> tuple[FreezeWindow, ...]:
        """The freeze windows of the target environment that have not ended, by start."""
        return self.store.freeze_windows.ahead(self.target.id, self.at)

    def source_deployment(self) -> Deployment | None:
        """The newest word on this release in the source environment."""
        return self.store.releases.deployment(self.release.id, self.source.id) if self.source else None


def gate_context(
    store: Store,
    release: Release,
    target: Environment,
    at: datetime,
    promotion_id: UUID | None = None,
    *,
    requester: UUID | None = None,
) -> GateContext:
    """What gates see, in a dry run where there is no promotion yet; `requester` asks for it, or would."""
    found = store.environments.get(target.source_environment_id) if target.source_environment_id else None
    source = found.ref if found else None
    known = StoredKnowledge(store, at, release, source, target, requester)
    return GateContext(at, release, source, target, known, promotion_id)
