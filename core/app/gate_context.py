"""What gates see of a promotion, read from the store when a gate asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.app.ports import Store
from core.app.scan_context import StoredScans
from core.domain.checklist import Tick
from core.domain.environment import Environment, EnvironmentRef, FreezeWindow
from core.domain.gate_question import GateQuestion
from core.domain.release import Deployment, Release, ScanReport
from core.gates.gate import GateContext
from core.gates.known import Deployed
from core.gates.policy import DEPLOYMENTS_MAX


@dataclass(frozen=True, slots=True)
class StoredKnowledge:
    """`core.gates.known.Known` over the store of one transaction."""

    store: Store
    at: datetime
    release: Release
    source: EnvironmentRef | None
    target: Environment
    promotion_id: UUID | None = None
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

    def running(self, component: str) -> Release | None:
        """The release of a component that the target environment runs."""
        word = self.store.releases.current(self.target.id, component)
        return self.store.releases.get(word.release_id) if word else None

    def deployments(self) -> tuple[Deployed, ...]:
        """The newest words on promotions of the component to the target, newest first."""
        words = self.store.releases.deployments(self.target.id, self.release.component, DEPLOYMENTS_MAX)
        releases = {id: self.store.releases.get(id) for id in {word.release_id for word in words}}
        return tuple(Deployed(release, word) for word in words if (release := releases[word.release_id]))

    def ticks(self) -> tuple[Tick, ...]:
        """What is ticked on the promotion's checklist."""
        return self.store.ticks.of(self.promotion_id) if self.promotion_id else ()

    def members(self, group: str) -> frozenset[UUID] | None:
        """The people of an approver group who may vote."""
        return members_of(self.store, group)

    def questions(self) -> tuple[GateQuestion, ...]:
        """What services were asked about the promotion."""
        return self.store.questions.of(self.promotion_id) if self.promotion_id else ()


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
    promotion_id: UUID | None = None,
    *,
    requester: UUID | None = None,
) -> GateContext:
    """What gates see, in a dry run where there is no promotion yet; `requester` asks for it, or would."""
    found = store.environments.get(target.source_environment_id) if target.source_environment_id else None
    source = found.ref if found else None
    known = StoredKnowledge(store, at, release, source, target, promotion_id, requester)
    return GateContext(at, release, source, target, known, promotion_id)
