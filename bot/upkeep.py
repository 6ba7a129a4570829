"""Care of a database, without a server on it: where its schema stands, bringing it on, backups."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.db.backup import examination, postgres, sqlite
from bot.db.database import Database, open_database
from bot.db.schema import head_revision
from bot.db.schema import migrate as bring_to_head
from bot.db.urls import parse_url, sqlite_file
from bot.settings import Settings
from core.errors import UnavailableError

Contents = examination.Contents


async def migrate(settings: Settings) -> str:
    """Bring the schema to this version's revision and return its name. Raises InvalidError, UnavailableError."""
    return await bring_to_head(settings.database_url)


async def require_current(settings: Settings) -> str:
    """Return the schema's revision where it is this version's; otherwise raise as `looking_in` does."""
    async with looking_in(settings):
        return head_revision()


@asynccontextmanager
async def looking_in(settings: Settings) -> AsyncIterator[Database]:
    """The database as it is: nothing is made, migrated or registered on the way.

    Raises InvalidError, and UnavailableError where it is not there, does not answer or has another version's schema.
    """
    file = settings.sqlite_file
    if file is not None and not file.exists():
        raise UnavailableError(f"There is no database file {file} yet", hint="Run `countersign migrate`.")
    database = open_database(settings.database_url)
    try:
        await database.check()
        yield database
    finally:
        await database.close()


async def back_up(settings: Settings, file: Path) -> Contents:
    """Make a backup in the new `file`, at whatever revision the schema is; servers go on meanwhile.

    Raises InvalidError, BackupError, and UnavailableError where the database does not answer.
    """
    url = parse_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return sqlite.back_up(sqlite_file(url), file)
    return await postgres.back_up(url, file)


async def restore(settings: Settings, file: Path) -> Contents:
    """Make the database from a backup; there must be none yet. Raises as `back_up` does."""
    url = parse_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return sqlite.restore(file, sqlite_file(url))
    return await postgres.restore(file, url)
