"""What can be done to a database before a server is built on it: look where its schema stands, and bring it on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.db.database import Database, open_database
from bot.db.schema import head_revision
from bot.db.schema import migrate as bring_to_head
from bot.settings import Settings
from core.errors import UnavailableError


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
