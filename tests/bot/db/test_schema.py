"""Migrations bring both databases to exactly the schema of `bot.db.tables`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.db.database import open_database
from bot.db.schema import current_revision, head_revision, migrate
from bot.db.tables import metadata
from bot.db.upgrading import configured
from bot.db.urls import parse_url
from core.errors import UnavailableError

_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname",
}


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(parse_url(url))
    async with engine.begin() as connection:
        yield connection
    await engine.dispose()


def _indexes(connection: Connection) -> list[tuple[str, ...]]:
    return [tuple(row) for row in connection.execute(text(_INDEXES[connection.dialect.name]))]


def _checks(connection: Connection) -> dict[str, list[tuple[str | None, str]]]:
    seen = inspect(connection)
    found = {table: seen.get_check_constraints(table) for table in metadata.tables}
    return {table: sorted((check["name"], check["sqltext"]) for check in checks) for table, checks in found.items()}


def test_the_head_is_the_one_that_alembic_finds() -> None:
    assert head_revision() == ScriptDirectory.from_config(configured()).get_current_head()


async def test_what_is_at_the_head_is_left_alone_without_alembic(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(database_url)
    monkeypatch.delattr("bot.db.upgrading.upgrade")
    assert await migrate(database_url) == head_revision()


async def test_the_migrated_schema_is_the_one_that_the_code_works_with(database_url: str) -> None:
    assert await migrate(database_url) == head_revision()
    async with _connected(database_url) as connection:
        context = await connection.run_sync(lambda sync: compare_metadata(MigrationContext.configure(sync), metadata))
        assert context == []


async def test_its_indexes_are_the_same_down_to_their_conditions(database_url: str) -> None:
    await migrate(database_url)
    async with _connected(database_url) as connection:
        migrated = await connection.run_sync(_indexes)
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
        created = await connection.run_sync(_indexes)
    own = [index for index in migrated if "alembic" not in index[0]]
    assert own == [index for index in created if "alembic" not in index[0]]
    assert any("pending" in definition for _, definition in own)


async def test_its_checks_are_the_same_by_name_and_condition(database_url: str) -> None:
    await migrate(database_url)
    async with _connected(database_url) as connection:
        migrated = await connection.run_sync(_checks)
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
        assert migrated == await connection.run_sync(_checks)
    assert any(name == "ck_promotions_open_or_decided" for checks in migrated.values() for name, _ in checks)


async def test_migrating_twice_changes_nothing(database_url: str) -> None:
    await migrate(database_url)
    assert await migrate(database_url) == head_revision()


async def test_replicas_may_start_together(database_url: str) -> None:
    assert set(await asyncio.gather(*(migrate(database_url) for _ in range(4)))) == {head_revision()}


async def test_a_database_says_which_revision_it_is_at(database_url: str) -> None:
    async with _connected(database_url) as connection:
        assert await connection.run_sync(current_revision) is None
    await migrate(database_url)
    async with _connected(database_url) as connection:
        assert await connection.run_sync(current_revision) == head_revision()


async def test_the_check_fails_until_the_schema_is_there(database_url: str) -> None:
    database = open_database(database_url)
    with pytest.raises(UnavailableError, match="revision nothing") as failure:
        await database.check()
    assert "countersign migrate" in failure.value.hint
    with pytest.raises(UnavailableError) as failure:
        await database.read(lambda store: store.people.all())
    assert "countersign migrate" in failure.value.hint
    await migrate(database_url)
    await database.check()
    await database.close()


async def test_the_check_fails_on_a_schema_of_another_version(database_url: str) -> None:
    await migrate(database_url)
    async with _connected(database_url) as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database = open_database(database_url)
    with pytest.raises(UnavailableError, match="revision 9999"):
        await database.check()
    await database.close()
