"""Transactions on a SQLite file: the writer's thread for writes, some connections beside it for reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import URL

from bot.db.engines import sqlite_reader_engine
from bot.db.failures import explained
from bot.db.files import make_private_file
from bot.db.schema import require_head
from bot.db.sqlite_writer import SqliteWriter
from bot.db.store import on_connection
from bot.db.urls import sqlite_file
from core.app.ports import Store

T = TypeVar("T")


class SqliteDatabase:
    """`bot.db.database.Database` on one file, which is made where it is missing."""

    kind = "sqlite"

    def __init__(self, url: URL) -> None:
        make_private_file(sqlite_file(url))
        self._writer = SqliteWriter(url)
        self._readers = sqlite_reader_engine(url)

    async def write(self, body: Callable[[Store], T]) -> T:
        return await self._writer.write(body)

    async def read(self, body: Callable[[Store], T]) -> T:
        with explained():
            async with self._readers.connect() as connection:
                return await connection.run_sync(on_connection(body, locking=False))

    async def check(self) -> None:
        with explained():
            async with self._readers.connect() as connection:
                await connection.run_sync(require_head)
        await self._writer.write(lambda _store: None)

    async def close(self) -> None:
        await self._writer.close()
        await self._readers.dispose()
