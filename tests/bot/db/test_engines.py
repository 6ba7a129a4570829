"""What every connection is told."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.db.engines import postgres_engine, sqlite_reader_engine, sqlite_schema_engine, sqlite_writer_engine
from bot.db.urls import parse_url


async def _answers(url: str, statements: tuple[str, ...]) -> list[object]:
    engine = sqlite_reader_engine(parse_url(url)) if url.startswith("sqlite") else postgres_engine(parse_url(url))
    async with engine.connect() as connection:
        answers = [(await connection.execute(text(statement))).scalar() for statement in statements]
    await engine.dispose()
    return answers


async def test_readers_of_sqlite_cannot_write_and_wait_for_others(sqlite_store_url: str) -> None:
    assert await _answers(sqlite_store_url, ("PRAGMA query_only", "PRAGMA busy_timeout")) == [1, 5000]


def test_the_writer_of_sqlite_takes_the_lock_at_once(sqlite_store_url: str) -> None:
    first, second = (sqlite_writer_engine(parse_url(sqlite_store_url)) for _ in range(2))
    with second.connect() as other:
        other.exec_driver_sql("PRAGMA busy_timeout=0").close()
        other.rollback()
        with first.begin(), pytest.raises(DBAPIError, match="locked"):
            other.begin()
    first.dispose()
    second.dispose()


async def test_ddl_of_sqlite_can_be_rolled_back(sqlite_store_url: str) -> None:
    engine = sqlite_schema_engine(parse_url(sqlite_store_url))
    async with engine.connect() as connection:
        await connection.execute(text("DROP TABLE leases"))
        await connection.rollback()
        assert (await connection.execute(text("SELECT count(*) FROM leases"))).scalar() == 0
    await engine.dispose()


async def test_connections_to_postgresql_say_who_they_are(postgres_store_url: str) -> None:
    assert await _answers(postgres_store_url, ("SHOW application_name", "SHOW jit")) == ["countersign", "off"]


async def test_errors_do_not_show_what_was_to_be_stored(store_url: str) -> None:
    engine = postgres_engine(parse_url(store_url)) if store_url.startswith("p") else None
    engine = engine or sqlite_reader_engine(parse_url(store_url))
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError) as failure:
            await connection.execute(text("SELECT :secret FROM nowhere"), {"secret": "s3cr3t"})
    await engine.dispose()
    assert "s3cr3t" not in str(failure.value)
