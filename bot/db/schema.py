"""The schema's revisions: bring a database up to date, and say where it stands."""

from __future__ import annotations

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db.engines import postgres_engine, sqlite_schema_engine
from bot.db.failures import explained
from bot.db.files import make_private_file
from bot.db.urls import parse_url, sqlite_file
from core.errors import UnavailableError

_LOCK = 7_301_944_216_017_325_122
"""Any number, as long as every replica uses the same."""


async def migrate(url: str) -> str:
    """Bring the schema to this version's revision and return its name. Replicas may do so at the same time.

    Raises InvalidError for a bad URL, UnavailableError where the database cannot be reached.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        make_private_file(sqlite_file(parsed))
    engine = _engine(parsed)
    try:
        with explained():
            async with engine.begin() as connection:
                await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()
    return head_revision()


def require_head(connection: Connection) -> None:
    """Raise UnavailableError where the schema is not the one that this version needs."""
    found, needed = current_revision(connection), head_revision()
    if found != needed:
        raise UnavailableError(
            f"The database is at revision {found or 'nothing'}, and this version needs {needed}",
            hint="Run `countersign migrate`.",
        )


def current_revision(connection: Connection) -> str | None:
    """The revision a database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def head_revision() -> str:
    """The revision that this version needs."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None, "the package has migrations"  # noqa: S101  # nosec B101
    return revision


def is_known(revision: str) -> bool:
    """Whether this version has that revision, and so can bring a database from there to its own."""
    return any(each.revision == revision for each in ScriptDirectory.from_config(_config()).walk_revisions())


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _engine(url: URL) -> AsyncEngine:
    return sqlite_schema_engine(url) if url.get_backend_name() == "sqlite" else postgres_engine(url, connections=1)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "bot.db:migrations")
    config.set_main_option("path_separator", "os")
    return config
