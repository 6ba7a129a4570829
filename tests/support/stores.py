"""Stores to test against: in memory, on SQLite and on PostgreSQL, each new and empty, with the schema in place."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.db.database import Database, open_database
from bot.db.schema import migrate
from bot.db.tables import metadata
from core.app.ports import Transactions
from tests.support.memory import MemoryTransactions
from tests.support.postgres import PostgresCluster


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file to copy, because that is quicker than to migrate."""
    path = tmp_path_factory.mktemp("template") / "countersign.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def shared_postgres_url(postgres_cluster: PostgresCluster) -> str:
    """A migrated database to be emptied for each test, because that is quicker than to make a new one."""
    url = postgres_cluster.create()
    asyncio.run(migrate(url))
    return url


@pytest.fixture
def sqlite_store_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite database."""
    path = tmp_path / "countersign.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_store_url(postgres_cluster: PostgresCluster, shared_postgres_url: str) -> str:
    """A migrated, empty PostgreSQL database."""
    # DELETE rather than TRUNCATE, which makes new files for each table.
    tables = reversed(metadata.sorted_tables)
    statements = "".join(f"DELETE FROM {table.name};" for table in tables)
    postgres_cluster.run_sql(statements, postgres_cluster.name_of(shared_postgres_url))
    return shared_postgres_url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database; the test runs once for each kind."""
    name = "sqlite_store_url" if request.param == "sqlite" else "postgres_store_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest_asyncio.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    """An open database of either kind."""
    opened = open_database(store_url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def sqlite_database(sqlite_store_url: str) -> AsyncIterator[Database]:
    """An open SQLite database."""
    opened = open_database(sqlite_store_url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def postgres_pair(postgres_store_url: str) -> AsyncIterator[tuple[Database, Database]]:
    """Two replicas' views of one PostgreSQL database."""
    one, other = open_database(postgres_store_url), open_database(postgres_store_url)
    yield one, other
    await one.close()
    await other.close()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def any_store_url(request: pytest.FixtureRequest) -> str | None:
    """Like `store_url`, and None for the store in memory."""
    if request.param == "memory":
        return None
    name = "sqlite_store_url" if request.param == "sqlite" else "postgres_store_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest_asyncio.fixture
async def transactions(any_store_url: str | None) -> AsyncIterator[Transactions]:
    """Transactions on an empty store; the test runs once for each kind, so all keep the same contract."""
    if any_store_url is None:
        yield MemoryTransactions()
        return
    opened = open_database(any_store_url)
    yield opened
    await opened.close()
