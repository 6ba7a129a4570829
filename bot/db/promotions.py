"""Promotions with their votes. Races are decided here: by the row's version, and by unique keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, func, select, update
from sqlalchemy import Row as TableRow

from bot.db import tables
from bot.db.lists import page_of
from bot.db.prepared import Prepared
from bot.db.promotion_lists import NEWEST_FIRST, listed, merged
from bot.db.promotion_rows import promotion_from, standing_row, vote_row, whole_row
from bot.db.rules_lock import RulesLock
from bot.db.statements import insert_into, inserted
from bot.db.tables import STILL_OPEN, UNDECIDED
from core.app.pages import Page, PageRequest
from core.app.ports import PromotionFilter
from core.domain.promotion import Promotion, Status
from core.errors import AlreadyVotedError, PromotionAlreadyOpenError, StaleVersionError

_rows = tables.promotions
_votes = tables.votes

_get = select(_rows).where(_rows.c.id == bindparam("wanted"))
# Weaker than FOR UPDATE by just as much as lets others insert rows that refer to the promotion.
_GET, _GET_LOCKED = Prepared(_get), Prepared(_get.with_for_update(key_share=True))
_VOTES_OF = Prepared(select(_votes).where(_votes.c.promotion_id == bindparam("wanted")).order_by(_votes.c.position))
_VOTES_OF_EACH = Prepared(
    select(_votes).where(_votes.c.promotion_id.in_(bindparam("ids", expanding=True))).order_by(_votes.c.position)
)
_here = select(_rows).where(_rows.c.target_environment_id == bindparam("environment"), STILL_OPEN)
_OPEN_OF_RELEASE = Prepared(
    _here.where(_rows.c.release_id == bindparam("release"))
    .with_only_columns(_rows.c.id)
    .order_by(_rows.c.requested_at, _rows.c.id)
)
_OPEN_OF_COMPONENT = Prepared(
    _here.where(_rows.c.component == bindparam("component")).order_by(_rows.c.requested_at, _rows.c.id)
)


class Promotions:
    """Promotions of `core.app.ports`. `locking` says that rows are read to be changed.

    Then the rules are kept before a promotion's row is locked, so that all that is read about it afterwards is as it
    will be at the commit.
    """

    def __init__(self, connection: Connection, rules: RulesLock, *, locking: bool) -> None:
        self._connection = connection
        self._rules = rules
        self._query = _GET_LOCKED if locking else _GET
        self._stored_votes: dict[UUID, int] = {}

    def get(self, id: UUID) -> Promotion | None:
        self._rules.keep()
        row = self._query.one(self._connection, wanted=id)
        if row is None:
            return None
        # A statement of its own: joined to the locked row, votes would be as old as the wait for the lock.
        votes = _VOTES_OF.all(self._connection, wanted=id)
        self._stored_votes[id] = len(votes)
        return promotion_from(row, votes)

    def add(self, promotion: Promotion) -> None:
        statement = _insert_unless_open(self._connection.dialect.name)
        if statement.run(self._connection, whole_row(promotion)) == 0:
            raise self._already_open(promotion)
        self._stored_votes[promotion.id] = 0
        self._put_votes(promotion)

    def save(self, promotion: Promotion) -> Promotion:
        changes = {**standing_row(promotion), "wanted": promotion.id, "known": promotion.version}
        if _compare_and_set().run(self._connection, changes) == 0:
            raise StaleVersionError("Somebody else changed this promotion at the same moment", hint="Try again.")
        self._put_votes(promotion)
        return replace(promotion, version=promotion.version + 1)

    def page(self, wanted: PromotionFilter, request: PageRequest) -> Page[Promotion]:
        by_status = merged(wanted, on=request.after is not None)
        return page_of(self._connection, listed(wanted), NEWEST_FIRST, request, self._promotions, merged=by_status)

    def open_ids(self, *, release_id: UUID | None = None, environment_id: UUID | None = None) -> tuple[UUID, ...]:
        if release_id and environment_id:
            rows = _OPEN_OF_RELEASE.all(self._connection, release=release_id, environment=environment_id)
            return tuple(row.id for row in rows)
        wanted = PromotionFilter(release_id=release_id, environment_id=environment_id)
        oldest_first = _matching(wanted).where(STILL_OPEN).order_by(_rows.c.requested_at, _rows.c.id)
        return tuple(self._connection.execute(oldest_first.with_only_columns(_rows.c.id)).scalars())

    def open_of_component(self, component: str, environment_id: UUID) -> tuple[Promotion, ...]:
        return self._promotions(
            _OPEN_OF_COMPONENT.all(self._connection, component=component, environment=environment_id)
        )

    def awaiting(self) -> tuple[Promotion, ...]:
        waiting = _matching(PromotionFilter(statuses=frozenset({Status.AWAITING_APPROVAL})))
        return self._many(waiting.order_by(_rows.c.requested_at, _rows.c.id))

    def due(self, now: datetime, limit: int) -> tuple[UUID, ...]:
        overdue = select(_rows.c.id).where(UNDECIDED, _rows.c.expires_at <= now)
        return tuple(self._connection.execute(overdue.order_by(_rows.c.expires_at, _rows.c.id).limit(limit)).scalars())

    def to_look_at(self, now: datetime, limit: int) -> tuple[UUID, ...]:
        passed = select(_rows.c.id).where(UNDECIDED, _rows.c.changes_at <= now)
        oldest_first = passed.order_by(_rows.c.changes_at, _rows.c.id)
        return tuple(self._connection.execute(oldest_first.limit(limit)).scalars())

    def next_look(self) -> datetime | None:
        ahead = select(_rows.c.changes_at).where(UNDECIDED, _rows.c.changes_at.is_not(None))
        return self._connection.execute(ahead.order_by(_rows.c.changes_at).limit(1)).scalar_one_or_none()

    def decided(self, environment_ids: Sequence[UUID], since: datetime, limit: int) -> tuple[Promotion, ...]:
        """`Homes.decided` of `core.app.homes`."""
        if not environment_ids:
            return ()
        lately = select(_rows).where(_rows.c.target_environment_id.in_(environment_ids), _rows.c.decided_at > since)
        return self._many(lately.order_by(_rows.c.decided_at.desc(), _rows.c.id.desc()).limit(limit))

    def among(self, ids: Sequence[UUID]) -> tuple[Promotion, ...]:
        """`Notices.promotions` of `core.app.telling`."""
        if not ids:
            return ()
        return self._many(select(_rows).where(_rows.c.id.in_(ids)).order_by(_rows.c.requested_at, _rows.c.id))

    def _put_votes(self, promotion: Promotion) -> None:
        stored = self._count_stored(promotion.id)
        for position, vote in enumerate(promotion.votes[stored:], start=stored):
            if not inserted(self._connection, _votes, vote_row(promotion.id, position, vote)):
                raise AlreadyVotedError(f"{vote.person_name} has already voted on this promotion")
        self._stored_votes[promotion.id] = max(stored, len(promotion.votes))

    def _count_stored(self, id: UUID) -> int:
        if id not in self._stored_votes:
            count = select(func.count()).select_from(_votes).where(_votes.c.promotion_id == id)
            self._stored_votes[id] = self._connection.execute(count).scalar_one()
        return self._stored_votes[id]

    def _already_open(self, promotion: Promotion) -> PromotionAlreadyOpenError | StaleVersionError:
        wanted = PromotionFilter(release_id=promotion.release_id, environment_id=promotion.target.id)
        open_one = self._connection.execute(_matching(wanted).where(STILL_OPEN)).one_or_none()
        if open_one is None:
            return StaleVersionError("An open promotion of this release was just closed", hint="Try again.")
        return PromotionAlreadyOpenError(
            f"{promotion.release_name} has an open promotion to {promotion.target.name} already",
            hint="Wait for its decision, or cancel it first.",
            promotionId=str(open_one.id),
        )

    def _many(self, query: Select[Any]) -> tuple[Promotion, ...]:
        return self._promotions(self._connection.execute(query).all())

    def _promotions(self, rows: Sequence[Any]) -> tuple[Promotion, ...]:
        votes = self._votes_of([row.id for row in rows])
        return tuple(promotion_from(row, votes[row.id]) for row in rows)

    def _votes_of(self, ids: Sequence[UUID]) -> dict[UUID, list[TableRow[Any]]]:
        found: defaultdict[UUID, list[TableRow[Any]]] = defaultdict(list)
        if ids:
            for row in _VOTES_OF_EACH.all(self._connection, ids=list(ids)):
                found[row.promotion_id].append(row)
        return found


def _matching(wanted: PromotionFilter) -> Select[Any]:
    query = select(_rows)
    if wanted.statuses:
        query = query.where(_rows.c.status.in_(sorted(wanted.statuses)))
    for column, value in (
        (_rows.c.release_id, wanted.release_id),
        (_rows.c.target_environment_id, wanted.environment_id),
        (_rows.c.requested_by_id, wanted.requested_by),
    ):
        if value is not None:
            query = query.where(column == value)
    return query


@cache
def _insert_unless_open(dialect: str) -> Prepared:
    key = ["release_id", "target_environment_id"]
    unless_open = insert_into(dialect, _rows).on_conflict_do_nothing(index_elements=key, index_where=STILL_OPEN)
    return Prepared(unless_open.inline())


@cache
def _compare_and_set() -> Prepared:
    known = (_rows.c.id == bindparam("wanted"), _rows.c.version == bindparam("known"))
    changed = {name: bindparam(name, type_=_rows.c[name].type) for name in _STANDING}
    return Prepared(update(_rows).where(*known).values(version=_rows.c.version + 1, **changed))


_STANDING = (
    "status",
    "gates",
    "evaluated_at",
    "decided_at",
    "decided_by_kind",
    "decided_by_id",
    "decided_by_name",
    "close_reason",
    "close_comment",
    "external_url",
    "deployment_message",
    "expires_at",
    "passes_at",
    "changes_at",
    "exemption",
    "deferred_until",
)
