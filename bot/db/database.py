"""The database behind a URL."""

from __future__ import annotations

from typing import Protocol

from bot.db.postgres import PostgresDatabase
from bot.db.sqlite import SqliteDatabase
from bot.db.urls import parse_url
from core.app.ports import Transactions


class Database(Transactions, Protocol):
    """Transactions with a beginning and an end. `kind` is `sqlite` or `postgresql`."""

    kind: str

    async def check(self) -> None:
        """Raise UnavailableError where the database does not answer or its schema is not this version's."""
        ...

    async def close(self) -> None:
        """Finish what was begun and let go of all connections."""
        ...


def open_database(url: str) -> Database:
    """The database of a URL, its schema as it is: `bot.db.schema.migrate` brings it up to date.

    Raises InvalidError for a URL that is not understood, UnavailableError where a SQLite file cannot be made.
    """
    parsed = parse_url(url)
    return SqliteDatabase(parsed) if parsed.get_backend_name() == "sqlite" else PostgresDatabase(parsed)
