"""What gates may know about a promotion, asked for when a gate needs it: what no gate asks for is never read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from core.domain.calendar import Calendar
from core.domain.checklist import Tick
from core.domain.environment import FreezeWindow
from core.domain.exemption import FreezeExemption
from core.domain.gate_question import GateQuestion
from core.domain.release import Deployment, Release, ScanReport
from core.gates.scanned import Scanned


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a deployer said of a release."""

    release: Release
    deployment: Deployment


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
        """What freezes the target environment for this component, ahead or now: windows, and events of calendars.

        Of calendars that are too old to go by, those that close keep their events, those that open have none.
        """
        ...

    def freeze_calendars(self) -> tuple[Calendar, ...]:
        """The calendars whose events freeze the target environment for this component, by name."""
        ...

    def calendar(self, name: str) -> Calendar | None:
        """The calendar with that name."""
        ...

    def exemption(self) -> FreezeExemption | None:
        """How somebody lifted the freeze windows for this promotion; None also in a dry run."""
        ...

    def source_deployment(self) -> Deployment | None:
        """The newest word on this release in the source environment; None also where there is no source."""
        ...

    def running(self, component: str) -> Release | None:
        """The release of a component that the target environment runs."""
        ...

    def deployments(self) -> tuple[Deployed, ...]:
        """What was said last of each promotion of the release's component to the target environment, newest first."""
        ...

    def ticks(self) -> tuple[Tick, ...]:
        """What is ticked on the promotion's checklist; nothing in a dry run."""
        ...

    def members(self, group: str) -> frozenset[UUID] | None:
        """The people of an approver group who may vote; None where there is no such group."""
        ...

    def questions(self) -> tuple[GateQuestion, ...]:
        """What services were asked about the promotion, with their answers; nothing in a dry run."""
        ...
