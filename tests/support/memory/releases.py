"""Releases in memory."""

from __future__ import annotations

from uuid import UUID

from core.app.pages import Mark, Page, PageRequest
from core.domain.release import Deployment, DeploymentStatus, Release
from core.domain.text import name_key
from core.errors import (
    NameTakenError,
)
from tests.support.memory.tables import Tables, paged


class MemoryReleases:
    def __init__(self, tables: Tables) -> None:
        self._releases = tables.releases
        self._deployments = tables.deployments

    def get(self, id: UUID) -> Release | None:
        return self._releases.get(id)

    def named(self, name: str) -> Release | None:
        return next((each for each in self._releases.values() if name_key(each.name) == name_key(name)), None)

    def page(self, request: PageRequest) -> Page[Release]:
        return paged(self._newest_first(), request, lambda each: Mark("releases", each.created_at, each.id))

    def search(self, text: str, limit: int) -> tuple[Release, ...]:
        return tuple(each for each in self._newest_first() if name_key(text) in name_key(each.name))[:limit]

    def add(self, release: Release) -> None:
        if self.named(release.name):
            raise NameTakenError(f"Another release is named {release.name}", field="name", name=release.name)
        self._releases[release.id] = release

    def has_component(self, component: str) -> bool:
        return any(each.component == component for each in self._releases.values())

    def add_deployment(self, deployment: Deployment) -> None:
        self._deployments.append(deployment)

    def deployment(self, release_id: UUID, environment_id: UUID) -> Deployment | None:
        wanted = (release_id, environment_id)
        return next((w for w in reversed(self._deployments) if (w.release_id, w.environment_id) == wanted), None)

    def deployments(self, environment_id: UUID, component: str, limit: int) -> tuple[Deployment, ...]:
        newest: dict[UUID, Deployment] = {}
        for word in reversed(self._deployments):
            if word.environment_id == environment_id and self._releases[word.release_id].component == component:
                newest.setdefault(word.promotion_id, word)
        return tuple(newest.values())[:limit]

    def current(self, environment_id: UUID, component: str = "") -> Deployment | None:
        rolled_back: set[UUID] = set()
        for word in reversed(self._deployments):
            if word.status is DeploymentStatus.ROLLED_BACK:
                rolled_back.add(word.promotion_id)
            is_here = word.environment_id == environment_id and word.status is DeploymentStatus.DEPLOYED
            is_of_it = not component or self._releases[word.release_id].component == component
            if is_here and is_of_it and word.promotion_id not in rolled_back:
                return word
        return None

    def _newest_first(self) -> list[Release]:
        return sorted(self._releases.values(), key=lambda release: (release.created_at, release.id), reverse=True)
