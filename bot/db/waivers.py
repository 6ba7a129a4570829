"""Waivers: added and revoked, never changed otherwise and never removed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, bindparam, insert, or_, select, update
from sqlalchemy import Row as TableRow

from bot.db.columns import UtcDateTime, findable
from bot.db.lists import Order, page_of
from bot.db.prepared import Prepared
from bot.db.rules_lock import RulesLock
from bot.db.scan_tables import waivers as _waivers
from core.app.pages import Page, PageRequest
from core.app.scans import WaiverFilter
from core.domain.people import ActorKind, ActorRef
from core.domain.waiver import Waiver
from core.errors import StaleVersionError

_NEWEST_FIRST = Order((_waivers.c.created_at, _waivers.c.id))


class Waivers:
    """Waivers of `core.app.scans`."""

    def __init__(self, connection: Connection, rules: RulesLock) -> None:
        self._connection = connection
        self._rules = rules

    def get(self, id: UUID) -> Waiver | None:
        return next(iter(self._many(_waivers.c.id == id)), None)

    def add(self, waiver: Waiver) -> None:
        self._rules.change()
        self._connection.execute(insert(_waivers).inline(), _row(waiver))

    def replace(self, waiver: Waiver) -> None:
        self._rules.change()
        unrevoked = (_waivers.c.id == waiver.id, _waivers.c.revoked_at.is_(None))
        if self._connection.execute(update(_waivers).where(*unrevoked).values(**_row(waiver))).rowcount == 0:
            raise StaleVersionError("Somebody else revoked this waiver at the same moment")

    def page(self, wanted: WaiverFilter, request: PageRequest) -> Page[Waiver]:
        matching = select(_waivers).where(*_conditions(wanted))
        return page_of(self._connection, matching, _NEWEST_FIRST, request, lambda rows: map(_waiver, rows))

    def holding(self, component: str, environment_id: UUID, at: datetime) -> tuple[Waiver, ...]:
        values = {"component": component, "environment": environment_id, "at": at}
        return tuple(_waiver(row) for row in _HOLDING.all(self._connection, **values))

    def of_component(self, component: str, at: datetime) -> tuple[Waiver, ...]:
        return self._many(_waivers.c.component == component, *_holding_at(at))

    def _many(self, *conditions: ColumnElement[bool]) -> tuple[Waiver, ...]:
        return tuple(_waiver(row) for row in self._connection.execute(_oldest_first(*conditions)))


def _oldest_first(*conditions: ColumnElement[bool]) -> Select[Any]:
    return select(_waivers).where(*conditions).order_by(_waivers.c.created_at, _waivers.c.id)


def _conditions(wanted: WaiverFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.component:
        found.append(_waivers.c.component == wanted.component)
    if wanted.environment_id:
        found.append(_waivers.c.environment_id == wanted.environment_id)
    if wanted.vulnerability:
        key = wanted.vulnerability.casefold()
        found.append(_waivers.c.vulnerability_key == key if findable(key) else _waivers.c.vulnerability_key.is_(None))
    if wanted.holding_at:
        found += _holding_at(wanted.holding_at)
    return found


def _holding_at(at: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    """As `Waiver.holds_at`."""
    unrevoked = or_(_waivers.c.revoked_at.is_(None), _waivers.c.revoked_at > at)
    return (_waivers.c.created_at <= at, _waivers.c.ends_at > at, unrevoked)


_HOLDING = Prepared(
    _oldest_first(
        _waivers.c.component == bindparam("component"),
        _waivers.c.environment_id == bindparam("environment"),
        *_holding_at(bindparam("at", type_=UtcDateTime())),
    )
)


def _row(waiver: Waiver) -> dict[str, Any]:
    return {
        "id": waiver.id,
        "vulnerability": waiver.vulnerability,
        "vulnerability_key": waiver.vulnerability.casefold(),
        "package": waiver.package,
        "component": waiver.component,
        "environment_id": waiver.environment_id,
        "reason": waiver.reason,
        "ends_at": waiver.ends_at,
        **_actor_row("created_by", waiver.created_by),
        "created_at": waiver.created_at,
        "revoked_at": waiver.revoked_at,
        **_actor_row("revoked_by", waiver.revoked_by),
        "revoked_because": waiver.revoked_because,
    }


def _actor_row(prefix: str, actor: ActorRef | None) -> dict[str, Any]:
    return {
        f"{prefix}_kind": actor.kind.value if actor else None,
        f"{prefix}_id": actor.id if actor else None,
        f"{prefix}_name": actor.name if actor else None,
    }


def _waiver(row: TableRow[Any]) -> Waiver:
    return Waiver(
        id=row.id,
        vulnerability=row.vulnerability,
        package=row.package,
        component=row.component,
        environment_id=row.environment_id,
        reason=row.reason,
        ends_at=row.ends_at,
        created_by=ActorRef(ActorKind(row.created_by_kind), row.created_by_id, row.created_by_name),
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        revoked_by=ActorRef(ActorKind(row.revoked_by_kind), row.revoked_by_id, row.revoked_by_name)
        if row.revoked_by_kind
        else None,
        revoked_because=row.revoked_because,
    )
