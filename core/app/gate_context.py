"""What gates see of a promotion, read from the store when a gate asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from core.app.ports import Store
from core.app.remembering import once
from core.app.scan_context import StoredScans
from core.domain.calendar import Calendar
from core.domain.checklist import Tick
from core.domain.environment import Environment, EnvironmentRef, FreezeWindow
from core.domain.exemption import FreezeExemption
from core.domain.gate_question import GateQuestion
from core.domain.promotion import Promotion
from core.domain.release import Deployment, Release, ScanReport
from core.gates.gate import GateContext
from core.gates.known import Deployed
from core.gates.policy import DEPLOYMENTS_MAX


@dataclass(frozen=True, slots=True)
class StoredKnowledge:
    """`core.gates.known.Known` over the store of one transaction; `answers` are those that were given already."""

    store: Store
    at: datetime
    release: Release
    source: EnvironmentRef | None
    target: Environment
    promotion: Promotion | None = None
    requester: UUID | None = None
    answers: dict[tuple[str, ...], Any] = field(default_factory=dict)

    @once
    def scanned(self) -> StoredScans:
        """What scanners found, and what is said against it."""
        return StoredScans(self.store, self.at, self.release, self.target, self.requester)

    @once
    def newest_scan(self) -> ScanReport | None:
        """The release's newest scan report."""
        return self.store.scans.newest(self.release.id)

    @once
    def freeze_windows(self) -> tuple[FreezeWindow, ...]:
        """What freezes the target environment for this component: windows, and events of calendars."""
        windows = self.store.freeze_windows.ahead(self.target.id, self.at)
        calendars = (each for each in self.freeze_calendars() if not each.is_left_out_at(self.at))
        out_of_calendars = (window for calendar in calendars for window in calendar.windows())
        return (*(each for each in windows if each.concerns(self.release.component)), *out_of_calendars)

    @once
    def freeze_calendars(self) -> tuple[Calendar, ...]:
        """The calendars whose events freeze the target environment for this component, by name."""
        calendars = self.store.calendars.of_environment(self.target.id)
        return tuple(each for each in calendars if each.concerns(self.release.component))

    @once
    def calendar(self, name: str) -> Calendar | None:
        """The calendar with that name."""
        return self.store.calendars.named(name)

    def exemption(self) -> FreezeExemption | None:
        """How somebody lifted the freeze windows for this promotion."""
        return self.promotion.exemption if self.promotion else None

    @once
    def source_deployment(self) -> Deployment | None:
        """The newest word on this release in the source environment."""
        return self.store.releases.deployment(self.release.id, self.source.id) if self.source else None

    @once
    def running(self, component: str) -> Release | None:
        """The release of a component that the target environment runs."""
        word = self.store.releases.current(self.target.id, component)
        return self.store.releases.get(word.release_id) if word else None

    @once
    def deployments(self) -> tuple[Deployed, ...]:
        """The newest words on promotions of the component to the target, newest first."""
        words = self.store.releases.deployments(self.target.id, self.release.component, DEPLOYMENTS_MAX)
        releases = {id: self.store.releases.get(id) for id in {word.release_id for word in words}}
        return tuple(Deployed(release, word) for word in words if (release := releases[word.release_id]))

    @once
    def ticks(self) -> tuple[Tick, ...]:
        """What is ticked on the promotion's checklist."""
        return self.store.ticks.of(self.promotion.id) if self.promotion else ()

    @once
    def members(self, group: str) -> frozenset[UUID] | None:
        """The people of an approver group who may vote."""
        return members_of(self.store, group)

    @once
    def questions(self) -> tuple[GateQuestion, ...]:
        """What services were asked about the promotion."""
        return self.store.questions.of(self.promotion.id) if self.promotion else ()


def members_of(store: Store, group: str) -> frozenset[UUID] | None:
    """The people of an approver group who may vote; None where there is no such group."""
    found = store.groups.named(group)
    if found is None:
        return None
    return frozenset(person.id for person in store.people.among(found.member_ids) if person.may_vote)


def gate_context(
    store: Store,
    release: Release,
    target: Environment,
    at: datetime,
    promotion: Promotion | None = None,
    *,
    requester: UUID | None = None,
) -> GateContext:
    """What gates see, in a dry run where there is no promotion yet; `requester` asks for it, or would."""
    found = store.environments.get(target.source_environment_id) if target.source_environment_id else None
    source = found.ref if found else None
    known = StoredKnowledge(store, at, release, source, target, promotion, requester)
    return GateContext(at, release, source, target, known, promotion.id if promotion else None)
