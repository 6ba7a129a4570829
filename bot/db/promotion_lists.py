"""Lists of promotions: every filter and every pair of them walks along an index, however long the history is.

A release has few promotions: its own index serves with every other filter. Without one, a target environment and a
requester are looked up together with a status, status by status, so that one index serves with it and without.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select

from bot.db import tables
from bot.db.lists import KEPT, Merged, Order, among, merging, unindexed
from core.app.ports import PromotionFilter
from core.domain.promotion import Status

_rows = tables.promotions
NEWEST_FIRST = Order((_rows.c.requested_at, _rows.c.id))


def listed(wanted: PromotionFilter) -> Select[Any]:
    """All that is wanted, in no order."""
    conditions = list(_equal(wanted))
    if wanted.statuses:
        status = _rows.c.status if wanted.release_id is None else unindexed(_rows.c.status)
        conditions.append(among(status, wanted.statuses))
    return select(_rows).where(*conditions)


def merged(wanted: PromotionFilter, *, on: bool) -> Merged | None:
    """How the same is found status by status; None where it is sorted as it is. `on` is for pages behind a mark."""
    values = {"environment": wanted.environment_id, "requester": wanted.requested_by}
    given = {name: value for name, value in values.items() if value is not None}
    statuses = tuple(sorted(wanted.statuses or (Status if given else ())))
    if wanted.release_id is not None or len(statuses) < 2:
        return None
    return Merged(_by_status(statuses, tuple(given), on=on), given)


@lru_cache(maxsize=KEPT)
def _by_status(statuses: tuple[Status, ...], given: tuple[str, ...], *, on: bool) -> Select[Any]:
    columns = {"environment": _rows.c.target_environment_id, "requester": _rows.c.requested_by_id}
    equal = [columns[name] == bindparam(name, type_=columns[name].type) for name in given]
    return merging((select(_rows).where(*equal, _rows.c.status == each) for each in statuses), NEWEST_FIRST, on=on)


def _equal(wanted: PromotionFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.release_id is not None:
        yield _rows.c.release_id == wanted.release_id
    for column, value in (
        (_rows.c.target_environment_id, wanted.environment_id),
        (_rows.c.requested_by_id, wanted.requested_by),
    ):
        if value is not None:
            yield (column if wanted.release_id is None else unindexed(column)) == value
