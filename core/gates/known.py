"""What gates may know about a promotion, asked for when a gate needs it: what no gate asks for is never read."""

from __future__ import annotations

from typing import Protocol

from core.domain.environment import FreezeWindow
from core.domain.release import Deployment, ScanReport
from core.gates.scanned import Scanned


class Known(Protocol):
    """What is known about one release on its way to one environment, at one moment.

    Answers may come from a database inside a transaction: ask in `Gate.inputs` only, and for no more than is needed.
    """

    def newest_scan(self) -> ScanReport | None:
        """The release's newest scan report."""
        ...

    def scanned(self) -> Scanned:
        """What scanners found, and what is said against it."""
        ...

    def freeze_windows(self) -> tuple[FreezeWindow, ...]:
        """The freeze windows of the target environment that have not ended, by start."""
        ...

    def source_deployment(self) -> Deployment | None:
        """The newest word on this release in the source environment; None also where there is no source."""
        ...
