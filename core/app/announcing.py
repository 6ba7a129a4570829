"""Announcing releases: where one is registered, and where a deployment is finished, with the way on from there.

What is to be announced is written down with what happened (a `SentMessage` that has not been posted yet), so it is
announced once, only in environments that announce at that moment, and kept current from then on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.app.journal import Journal
from core.app.outbox import Errand, SentMessage
from core.app.pages import PageRequest
from core.app.ports import PromotionFilter, Store
from core.domain.environment import Environment
from core.domain.promotion import Promotion, Status
from core.domain.release import DeploymentStatus, Release

REGISTERED, RUNS = "registered", "runs"
_ON_ITS_WAY = frozenset({Status.PENDING, Status.AWAITING_APPROVAL, Status.APPROVED, Status.DEPLOYING})


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the release can go from here, its newest promotion there, and since when it runs there."""

    environment: Environment
    promotion: Promotion | None = None
    since: datetime | None = None

    @property
    def may_be_asked_for(self) -> bool:
        """Whether asking for it makes sense: it neither runs there nor is on its way."""
        return self.since is None and (self.promotion is None or self.promotion.status not in _ON_ITS_WAY)


@dataclass(frozen=True, slots=True)
class Announcement:
    """One message: a release that was registered (`promotion` None) or deployed to `environment`."""

    key: str
    release: Release
    environment: Environment
    posted: bool
    promotion: Promotion | None = None
    since: datetime | None = None
    onward: tuple[Destination, ...] = ()

    @property
    def rolled_back(self) -> bool:
        """Whether what it announced was taken back."""
        return self.promotion is not None and self.promotion.status is Status.ROLLED_BACK


def announce_registered(journal: Journal, release: Release) -> None:
    """A release was registered: its first environments hear of it, where they announce."""
    for environment in journal.store.environments.all():
        if environment.source_environment_id is None and _announces(environment):
            _intend(journal, f"{REGISTERED}:{release.id}:{environment.id}", release.id)


def announce_deployment(journal: Journal, promotion: Promotion) -> None:
    """The pipeline has spoken: a finished deployment is announced, and what was announced earlier is kept current."""
    environment = journal.store.environments.get(promotion.target.id)
    if promotion.status is Status.DEPLOYED and environment and _announces(environment):
        _intend(journal, f"{RUNS}:{promotion.id}", promotion.release_id)
    refresh_announcements(journal, promotion.release_id)


def refresh_announcements(journal: Journal, release_id: UUID) -> None:
    """Have what was announced of a release brought up to date."""
    if journal.store.sent.of(release_id):
        journal.tell(release_id, Errand.ANNOUNCE)


def announcements(store: Store, release_id: UUID) -> tuple[Announcement, ...]:
    """What stands, or is to stand, in Slack about a release. One that was rolled back before it was posted does not."""
    release = store.releases.get(release_id)
    if release is None:
        return ()
    found = filter(None, (_announcement(store, release, message) for message in store.sent.of(release_id)))
    return tuple(each for each in found if each.posted or not each.rolled_back)


def _announces(environment: Environment) -> bool:
    return environment.announce and bool(environment.slack_channel)


def _intend(journal: Journal, key: str, release_id: UUID) -> None:
    if journal.store.sent.get(key) is None:
        journal.store.sent.put(SentMessage(key, release_id, "", "", "", journal.now))
    journal.tell(release_id, Errand.ANNOUNCE)


def _announcement(store: Store, release: Release, message: SentMessage) -> Announcement | None:
    kind, _, subject = message.key.partition(":")
    if kind == REGISTERED:
        environment = store.environments.get(UUID(subject.rpartition(":")[2]))
        if environment is None:
            return None
        onward = (_destination(store, release, environment),)
        return Announcement(message.key, release, environment, bool(message.ts), onward=onward)
    promotion = store.promotions.get(UUID(subject)) if kind == RUNS else None
    environment = store.environments.get(promotion.target.id) if promotion else None
    if environment is None:
        return None
    since = _deployed_at(store, release.id, environment.id)
    next_ones = tuple(_onward(store, release, environment))
    return Announcement(message.key, release, environment, bool(message.ts), promotion, since, next_ones)


def _onward(store: Store, release: Release, environment: Environment) -> Iterator[Destination]:
    for each in store.environments.all():
        if each.source_environment_id == environment.id:
            yield _destination(store, release, each)


def _destination(store: Store, release: Release, environment: Environment) -> Destination:
    wanted = PromotionFilter(release_id=release.id, environment_id=environment.id)
    newest = store.promotions.page(wanted, PageRequest(1, 1)).items
    return Destination(environment, next(iter(newest), None), _deployed_at(store, release.id, environment.id))


def _deployed_at(store: Store, release_id: UUID, environment_id: UUID) -> datetime | None:
    word = store.releases.deployment(release_id, environment_id)
    return word.at if word and word.status is DeploymentStatus.DEPLOYED else None
