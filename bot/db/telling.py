"""Notices, preferences, and channels that cannot be posted in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, select
from sqlalchemy import Row as TableRow

from bot.db import notice_tables
from bot.db.notice_tables import UNTOLD
from bot.db.promotions import Promotions
from bot.db.rules_lock import RulesLock
from bot.db.statements import insert_missing, row_of, upsert, upsert_all
from core.app.telling import ChannelTrouble
from core.domain.notices import Call, Notice
from core.domain.promotion import Promotion
from core.domain.quiet import Preferences, QuietHours

_notices = notice_tables.notices
_preferences = notice_tables.preferences
_troubles = notice_tables.channel_troubles
_KEY = ("promotion_id", "person_id", "call")


class Notices:
    """Notices of `core.app.telling`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, notices: Iterable[Notice]) -> None:
        insert_missing(self._connection, _notices, (row_of(_notices, notice) for notice in notices))

    def put(self, notices: Iterable[Notice]) -> None:
        upsert_all(self._connection, _notices, _KEY, (row_of(_notices, notice) for notice in notices))

    def drop(self, notice: Notice) -> None:
        same = (_notices.c[name] == getattr(notice, name) for name in _KEY)
        self._connection.execute(delete(_notices).where(*same, UNTOLD))

    def of(self, promotion_id: UUID) -> tuple[Notice, ...]:
        return self._many(_notices.c.promotion_id == promotion_id)

    def waiting(self, person_id: UUID) -> tuple[Notice, ...]:
        return self._many(_notices.c.person_id == person_id, UNTOLD)

    def told_since(self, person_id: UUID, moment: datetime) -> tuple[Notice, ...]:
        return self._many(_notices.c.person_id == person_id, _notices.c.told_at > moment)

    def first_told(self, promotion_ids: Iterable[UUID]) -> Mapping[tuple[UUID, UUID], datetime]:
        whom = (_notices.c.promotion_id, _notices.c.person_id)
        first = func.min(_notices.c.told_at, type_=_notices.c.told_at.type)
        wanted = (_notices.c.promotion_id.in_(list(promotion_ids)), _notices.c.told_at.is_not(None))
        rows = self._connection.execute(select(*whom, first.label("at")).where(*wanted).group_by(*whom))
        return {(row.promotion_id, row.person_id): row.at for row in rows}

    def promotions(self, ids: Iterable[UUID]) -> tuple[Promotion, ...]:
        return Promotions(self._connection, RulesLock(self._connection, locking=False), locking=False).among(list(ids))

    def people_due(self, now: datetime) -> tuple[UUID, ...]:
        due = select(_notices.c.person_id).where(UNTOLD, _notices.c.due_at <= now).distinct()
        return tuple(sorted(self._connection.execute(due).scalars()))

    def _many(self, *conditions: ColumnElement[bool]) -> tuple[Notice, ...]:
        order = (_notices.c.wanted_at, *(_notices.c[name] for name in _KEY))
        rows = self._connection.execute(select(_notices).where(*conditions).order_by(*order))
        return tuple(_notice(row) for row in rows)


class PreferencesRows:
    """PreferencesRows of `core.app.telling`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, person_id: UUID) -> Preferences:
        own = select(_preferences).where(_preferences.c.person_id == person_id)
        row = self._connection.execute(own).one_or_none()
        if row is None:
            return Preferences(person_id)
        quiet = None
        if row.quiet_start is not None and row.quiet_end is not None:
            quiet = QuietHours(_clock(row.quiet_start), _clock(row.quiet_end))
        return Preferences(person_id, row.time_zone, quiet, row.snoozed_until)

    def put(self, preferences: Preferences) -> None:
        quiet = preferences.quiet
        row = {
            "person_id": preferences.person_id,
            "time_zone": preferences.time_zone,
            "quiet_start": _minutes(quiet.start) if quiet else None,
            "quiet_end": _minutes(quiet.end) if quiet else None,
            "snoozed_until": preferences.snoozed_until,
        }
        upsert(self._connection, _preferences, ("person_id",), row)


class ChannelTroubles:
    """ChannelTroubles of `core.app.telling`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, environment_id: UUID) -> ChannelTrouble | None:
        own = select(_troubles).where(_troubles.c.environment_id == environment_id)
        row = self._connection.execute(own).one_or_none()
        return ChannelTrouble(**row._mapping) if row else None

    def all(self) -> tuple[ChannelTrouble, ...]:
        oldest_first = select(_troubles).order_by(_troubles.c.since, _troubles.c.environment_id)
        return tuple(ChannelTrouble(**row._mapping) for row in self._connection.execute(oldest_first))

    def put(self, trouble: ChannelTrouble) -> None:
        upsert(self._connection, _troubles, ("environment_id",), row_of(_troubles, trouble))

    def drop(self, environment_id: UUID) -> None:
        self._connection.execute(delete(_troubles).where(_troubles.c.environment_id == environment_id))


def _notice(row: TableRow[Any]) -> Notice:
    return Notice(**{**row._mapping, "call": Call(row.call)})


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
