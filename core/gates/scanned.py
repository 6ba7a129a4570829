"""What gates may know about the findings of a release, and what is said against them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from core.domain.findings import Finding
from core.domain.known_exploited import KnownExploited
from core.domain.release import Release, ScanReport
from core.domain.vex import VexDocument
from core.domain.waiver import Waiver


@dataclass(frozen=True, slots=True)
class Running:
    """The release of the same component that the target environment runs, with its reports and findings."""

    release: Release
    reports: tuple[ScanReport, ...]
    findings: tuple[Finding, ...]


class Scanned(Protocol):
    """What scanners, VEX authors and people who waive have said of one release on its way to one environment.

    As with `core.gates.known.Known`: each answer may be read from a database, so ask for no more than is needed.
    """

    def reports(self) -> tuple[ScanReport, ...]:
        """The release's newest report of each scanner."""
        ...

    def findings(self) -> tuple[Finding, ...]:
        """The findings of those reports, each once, without their targets."""
        ...

    def vex_documents(self) -> tuple[VexDocument, ...]:
        """The VEX documents of the release, in the order in which they were handed in."""
        ...

    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers that hold now for the release's component in the target environment."""
        ...

    def requested_by(self) -> UUID | None:
        """Who asks for the promotion, or would: their own waivers do not count for it."""
        ...

    def catalogue(self, ids: Iterable[str]) -> KnownExploited | None:
        """The catalogue of known exploited vulnerabilities, with those of `ids` that are in it; None without one."""
        ...

    def deployed(self) -> Running | None:
        """What runs in the target environment of the same component; None where nothing does."""
        ...
