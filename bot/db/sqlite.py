"""Transactions on a SQLite file: the writer's thread for writes, some threads beside it for reads.

A transaction runs whole on one thread. To hop between threads at every statement, as an asyncio driver for SQLite does,
would cost more than most statements take.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import URL, Connection

from bot.db.engines import BEGIN_READING, sqlite_reader_engine
from bot.db.failures import explained
from bot.db.files import make_private_file
from bot.db.schema import require_head
from bot.db.sqlite_writer import SqliteWriter
from bot.db.store import on_connection
from bot.db.urls import sqlite_file
from core.app.ports import Store
from core.errors import UnavailableError

T = TypeVar("T")

READERS = 4
"""How many reads may be under way at once; more wait for their turn."""


class SqliteDatabase:
    """`bot.db.database.Database` on one file, which is made where it is missing."""

    kind = "sqlite"

    def __init__(self, url: URL) -> None:
        make_private_file(sqlite_file(url))
        self._writer = SqliteWriter(url)
        self._engine = sqlite_reader_engine(url, connections=READERS)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-reader")
        self._closed = False

    async def write(self, body: Callable[[Store], T]) -> T:
        return await self._writer.write(body)

    async def read(self, body: Callable[[Store], T]) -> T:
        return await self._read(on_connection(body, locking=False))

    async def check(self) -> None:
        await self._read(require_head)
        await self._writer.write(lambda _store: None)

    async def close(self) -> None:
        self._closed = True
        await self._writer.close()
        await asyncio.to_thread(self._readers.shutdown)
        self._engine.dispose()

    async def _read(self, look: Callable[[Connection], T]) -> T:
        if self._closed:
            raise UnavailableError("The database is closed")
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._looked, look)

    def _looked(self, look: Callable[[Connection], T]) -> T:
        with explained(), self._engine.connect() as connection:
            connection.exec_driver_sql(BEGIN_READING)
            return look(connection)
