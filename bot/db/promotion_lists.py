"""Lists of promotions: every filter and every pair of them walks along an index, however long the history is.

A release has few promotions: its own index serves with every other filter. Without one, a target environment and a
requester are looked up together with a status, status by status, so that one index serves with it and without.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from bot.db import tables
from bot.db.lists import Order, unindexed
from core.app.ports import PromotionFilter
from core.domain.promotion import Status

_rows = tables.promotions
NEWEST_FIRST = Order((_rows.c.requested_at, _rows.c.id))


def listed(wanted: PromotionFilter) -> Select[Any]:
    """All that is wanted, in no order."""
    conditions = list(_equal(wanted))
    if wanted.statuses:
        status = _rows.c.status if wanted.release_id is None else unindexed(_rows.c.status)
        conditions.append(status.in_(sorted(wanted.statuses)))
    return select(_rows).where(*conditions)


def branches(wanted: PromotionFilter) -> Iterator[Select[Any]]:
    """The same as one select for each status, or as a single one where that is sorted as it is."""
    by_status = wanted.statuses or wanted.environment_id is not None or wanted.requested_by is not None
    if wanted.release_id is not None or not by_status:
        yield listed(wanted)
        return
    for status in sorted(wanted.statuses or Status):
        yield select(_rows).where(*_equal(wanted), _rows.c.status == status)


def _equal(wanted: PromotionFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.release_id is not None:
        yield _rows.c.release_id == wanted.release_id
    for column, value in (
        (_rows.c.target_environment_id, wanted.environment_id),
        (_rows.c.requested_by_id, wanted.requested_by),
    ):
        if value is not None:
            yield (column if wanted.release_id is None else unindexed(column)) == value
