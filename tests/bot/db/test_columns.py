"""Times and texts as the databases see them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import StatementError

from bot.db.columns import findable
from bot.db.database import Database
from core.app.ports import Store
from core.app.tokens import Token
from tests.bot.db.samples import ALICE, fill
from tests.support.clock import nth_id

KATHMANDU = timezone(timedelta(hours=5, minutes=45))
MOMENTS = (
    datetime(1, 1, 2, tzinfo=UTC),
    datetime(2026, 1, 1, 5, 44, 59, 999_999, KATHMANDU),  # the last microsecond of 2025
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 1, 1, 0, 0, 0, 1, UTC),
    datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC),
)


def _add_all(store: Store) -> None:
    for number, moment in enumerate(MOMENTS):
        store.tokens.add(Token(nth_id(100 - number), f"digest-{number}", moment, person_id=ALICE.id))


async def test_times_keep_their_microseconds_and_come_back_in_utc(database: Database) -> None:
    await database.write(fill)
    await database.write(_add_all)
    stored = [token.created_at for token in await database.read(lambda store: store.tokens.all())]
    assert stored == list(reversed(MOMENTS)), "ordered as moments, whatever zone they were written in"
    assert {moment.tzinfo for moment in stored} == {UTC}


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    await database.write(fill)
    naive = Token(nth_id(1), "digest", datetime(2026, 1, 1), person_id=ALICE.id)  # noqa: DTZ001
    with pytest.raises(StatementError, match="no time zone"):
        await database.write(lambda store: store.tokens.add(naive))


@pytest.mark.parametrize(("text", "can_be"), [("", True), ("ünïcödé 🚀", True), ("a\0b", False), ("a\udfffb", False)])
def test_what_no_database_can_hold_is_not_looked_for(text: str, can_be: bool) -> None:
    assert findable(text) is can_be
