"""A promotion as rows."""

from __future__ import annotations

from bot.db.promotion_rows import standing_row, vote_row, whole_row
from bot.db.tables import promotions, votes
from core.domain.promotion import Status
from tests.bot.db.samples import BOB, promotion, vote
from tests.support.clock import MORNING


def test_rows_have_all_columns() -> None:
    assert whole_row(promotion()).keys() == {column.name for column in promotions.columns}
    assert vote_row(promotion().id, 0, vote(BOB)).keys() == {column.name for column in votes.columns}


def test_what_a_request_fixed_is_not_written_again() -> None:
    one = promotion()
    other = promotion(
        2, reason="Another", policies=(), requested_at=MORNING, expires_at=promotion().expires_at, version=7
    )
    assert standing_row(one) == standing_row(other)
    assert standing_row(one) != standing_row(promotion(status=Status.AWAITING_APPROVAL))
