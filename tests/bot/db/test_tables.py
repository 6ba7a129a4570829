"""The schema's promises: what cannot be stored whatever the code does, and which lists an index serves."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Pool, event, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.db import tables
from bot.db.database import Database, open_database
from bot.db.promotion_rows import whole_row
from bot.db.urls import parse_url
from core.domain.promotion import Status
from tests.bot.db.samples import POLICY, PRODUCTION, fill, promotion, release
from tests.support.clock import MORNING


async def test_two_open_promotions_of_a_release_cannot_stand_in_one_environment(store_url: str) -> None:
    database = open_database(store_url)
    await database.write(fill)
    await database.write(lambda store: store.promotions.add(promotion()))
    await database.close()

    def add_row(connection: Connection, **changes: Any) -> None:
        connection.execute(insert(tables.promotions), whole_row(promotion(2, **changes)))

    engine = create_async_engine(parse_url(store_url))
    async with engine.begin() as connection:
        with pytest.raises(IntegrityError):
            await connection.run_sync(partial(add_row, status=Status.AWAITING_APPROVAL))
    async with engine.begin() as connection:
        await connection.run_sync(partial(add_row, status=Status.CANCELLED, decided_at=MORNING))
    await engine.dispose()


async def test_a_promotion_is_either_open_or_has_a_date_of_decision(database: Database) -> None:
    await database.write(fill)
    for status, decided_at in ((Status.PENDING, MORNING), (Status.APPROVED, None)):
        broken = promotion(status=status, decided_at=decided_at)
        with pytest.raises(IntegrityError):
            await database.write(lambda store, broken=broken: store.promotions.add(broken))  # type: ignore[misc]


def test_every_foreign_key_keeps_what_is_referred_to_or_is_a_part_of_it() -> None:
    rules = {key.ondelete for table in tables.metadata.sorted_tables for key in table.foreign_keys}
    assert rules == {"RESTRICT", "CASCADE"}


async def test_work_that_waits_is_found_by_its_partial_indexes(sqlite_store_url: str) -> None:
    moment = MORNING + timedelta(days=9)
    assert "ix_promotions_due" in str(await _plans(sqlite_store_url, lambda store: store.promotions.due(moment, 9)))
    wanted = {"release_id": release().id, "environment_id": PRODUCTION.id}
    open_ids = await _plans(sqlite_store_url, lambda store: store.promotions.open_ids(**wanted))
    assert "uq_promotions_open" in str(open_ids)
    depth = await _plans(sqlite_store_url, lambda store: store.outbox.depth())
    assert "ix_outbox_entries_due_at" in str(depth)
    electorate = await _plans(sqlite_store_url, lambda store: store.people.electorate([POLICY]))
    assert not any(line.startswith("SCAN") for line in electorate)


async def _plans(url: str, body) -> list[str]:  # type: ignore[no-untyped-def]
    """How SQLite would run the statements of a transaction that reads."""
    seen: list[str] = []

    def note(statement: str) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    def listen(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_trace_callback(note)

    database: Database = open_database(url)
    event.listen(Pool, "connect", listen)
    try:
        await database.read(body)
    finally:
        event.remove(Pool, "connect", listen)
        await database.close()
    file = sqlite3.connect(Path(parse_url(url).database or ""))
    try:
        assert seen
        return [row[3] for statement in seen for row in file.execute(f"EXPLAIN QUERY PLAN {statement}")]
    finally:
        file.close()
