"""What every connection is told."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.db.engines import (
    BEGIN_WRITING,
    postgres_engine,
    sqlite_reader_engine,
    sqlite_schema_engine,
    sqlite_writer_engine,
)
from bot.db.urls import parse_url


def test_readers_of_sqlite_cannot_write_and_wait_for_others(sqlite_store_url: str) -> None:
    engine = sqlite_reader_engine(parse_url(sqlite_store_url))
    with engine.connect() as connection:
        asked = ("PRAGMA query_only", "PRAGMA busy_timeout")
        assert [connection.exec_driver_sql(pragma).scalar() for pragma in asked] == [1, 5000]
    engine.dispose()


def test_the_writer_of_sqlite_takes_the_lock_at_once(sqlite_store_url: str) -> None:
    first, second = (sqlite_writer_engine(parse_url(sqlite_store_url)) for _ in range(2))
    with second.connect() as other:
        other.exec_driver_sql("PRAGMA busy_timeout=0").close()
        other.rollback()
        with first.begin() as one:
            one.exec_driver_sql(BEGIN_WRITING)
            with pytest.raises(DBAPIError, match="locked"):
                other.exec_driver_sql(BEGIN_WRITING)
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
    engine = postgres_engine(parse_url(postgres_store_url))
    async with engine.connect() as connection:
        asked = ("SHOW application_name", "SHOW jit")
        answers = [(await connection.execute(text(setting))).scalar() for setting in asked]
    await engine.dispose()
    assert answers == ["countersign", "off"]


async def test_errors_do_not_show_what_was_to_be_stored(store_url: str) -> None:
    engine = postgres_engine(parse_url(store_url)) if store_url.startswith("p") else None
    engine = engine or sqlite_schema_engine(parse_url(store_url))
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError) as failure:
            await connection.execute(text("SELECT :secret FROM nowhere"), {"secret": "s3cr3t"})
    await engine.dispose()
    assert "s3cr3t" not in str(failure.value)
