"""Releases, and where they were deployed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, bindparam, exists, insert, select
from sqlalchemy import Row as TableRow

from bot.db import tables
from bot.db.columns import findable
from bot.db.lists import Order, page_of
from bot.db.prepared import Prepared
from bot.db.statements import by_id, inserted, row_of
from core.app.pages import Page, PageRequest
from core.domain.release import Artifact, Deployment, DeploymentStatus, Release
from core.domain.text import name_key
from core.errors import NameTakenError

_releases = tables.releases
_deployments = tables.deployments
_NEWEST_FIRST = Order((_releases.c.created_at, _releases.c.id))


class Releases:
    """Releases of `core.app.ports`. The newest word is the one stored last, whatever clocks said."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, id: UUID) -> Release | None:
        row = by_id(_releases).one(self._connection, id=id)
        return _release(row) if row else None

    def named(self, name: str) -> Release | None:
        return self._one(_releases.c.name_key == name_key(name)) if findable(name) else None

    def page(self, request: PageRequest) -> Page[Release]:
        return page_of(self._connection, select(_releases), _NEWEST_FIRST, request, lambda rows: map(_release, rows))

    def search(self, text: str, limit: int) -> tuple[Release, ...]:
        if not findable(text):
            return ()
        matching = _newest_first().where(_releases.c.name_key.contains(name_key(text), autoescape=True)).limit(limit)
        return tuple(_release(row) for row in self._connection.execute(matching))

    def add(self, release: Release) -> None:
        row = {
            "id": release.id,
            "name": release.name,
            "name_key": name_key(release.name),
            "component": release.component,
            "version": release.version,
            "created_at": release.created_at,
            "artifacts": [{"name": artifact.name, "digest": artifact.digest} for artifact in release.artifacts],
            "authors": list(release.authors),
            "source_ref": release.source_ref,
            "changes_url": release.changes_url,
        }
        if not inserted(self._connection, _releases, row):
            raise NameTakenError(f"Another release is named {release.name}", field="name", name=release.name)

    def has_component(self, component: str) -> bool:
        return bool(self._connection.execute(select(exists(_of_component(component)))).scalar_one())

    def add_deployment(self, deployment: Deployment) -> None:
        row = {**row_of(_deployments, deployment), "status": deployment.status.value}
        self._connection.execute(insert(_deployments).inline(), row)

    def deployment(self, release_id: UUID, environment_id: UUID) -> Deployment | None:
        row = _DEPLOYMENT.one(self._connection, release=release_id, environment=environment_id)
        return _deployment(row) if row else None

    def deployments(self, environment_id: UUID, component: str, limit: int) -> tuple[Deployment, ...]:
        later = _deployments.alias("later")
        said_more = exists().where(
            later.c.promotion_id == _deployments.c.promotion_id, later.c.sequence > _deployments.c.sequence
        )
        here = _deployments.c.environment_id == environment_id
        of_it = select(_deployments).where(here, _deployments.c.release_id.in_(_of_component(component)), ~said_more)
        newest_first = of_it.order_by(_deployments.c.sequence.desc()).limit(limit)
        return tuple(_deployment(row) for row in self._connection.execute(newest_first))

    def current(self, environment_id: UUID, component: str = "") -> Deployment | None:
        if component:
            row = _CURRENT_OF_COMPONENT.one(self._connection, environment=environment_id, component=component)
        else:
            row = _CURRENT.one(self._connection, environment=environment_id)
        return _deployment(row) if row else None

    def _one(self, condition: ColumnElement[bool]) -> Release | None:
        row = self._connection.execute(select(_releases).where(condition)).one_or_none()
        return _release(row) if row else None


def _of_component(component: str | BindParameter[str]) -> Select[Any]:
    return select(_releases.c.id).where(_releases.c.component == component)


def _newest_deployment(*conditions: ColumnElement[bool]) -> Select[Any]:
    return select(_deployments).where(*conditions).order_by(_deployments.c.sequence.desc()).limit(1)


def _running_now() -> Select[Any]:
    later = _deployments.alias("later")
    was_rolled_back = exists().where(
        later.c.promotion_id == _deployments.c.promotion_id,
        later.c.sequence > _deployments.c.sequence,
        later.c.status == DeploymentStatus.ROLLED_BACK.value,
    )
    return _newest_deployment(
        _deployments.c.environment_id == bindparam("environment"),
        _deployments.c.status == DeploymentStatus.DEPLOYED.value,
        ~was_rolled_back,
    )


_DEPLOYMENT = Prepared(
    _newest_deployment(
        _deployments.c.release_id == bindparam("release"), _deployments.c.environment_id == bindparam("environment")
    )
)
_CURRENT = Prepared(_running_now())
_CURRENT_OF_COMPONENT = Prepared(
    _running_now().where(_deployments.c.release_id.in_(_of_component(bindparam("component"))))
)


def _newest_first() -> Select[Any]:
    return _NEWEST_FIRST.sorted(select(_releases))


def _release(row: TableRow[Any]) -> Release:
    return Release(
        id=row.id,
        name=row.name,
        component=row.component,
        version=row.version,
        created_at=row.created_at,
        artifacts=tuple(Artifact(each["name"], each["digest"]) for each in row.artifacts),
        authors=tuple(row.authors),
        source_ref=row.source_ref,
        changes_url=row.changes_url,
    )


def _deployment(row: TableRow[Any]) -> Deployment:
    return Deployment(
        promotion_id=row.promotion_id,
        release_id=row.release_id,
        environment_id=row.environment_id,
        status=DeploymentStatus(row.status),
        at=row.at,
        external_url=row.external_url,
        message=row.message,
    )
