"""Whole promotions over aiohttp and hand-written `sqlite3` behind one writer thread: FILE PORT."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from threading import Thread
from typing import Any
from uuid import UUID

from tests.benchmarks.floors.replay import Transaction, serve


class Sqlite:
    """One thread that writes, a commit for each transaction; reads are made at once, on a connection of their own."""

    lock = skip = ""

    def __init__(self, file: str) -> None:
        self._file = file
        self._reader = self._connection()
        self._jobs: SimpleQueue[tuple[Transaction, asyncio.Future[Any]]] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        Thread(target=self._run, daemon=True).start()

    async def read(self, transaction: Transaction) -> Any:
        return _driven(self._reader, transaction)

    async def write(self, transaction: Transaction) -> Any:
        answer = self._loop.create_future()
        self._jobs.put((transaction, answer))
        return await answer

    def id_of(self, id: UUID) -> str:
        return id.hex

    def moment(self, seconds: float = 0) -> str:
        return f"{datetime.now(UTC) + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S.%f}"

    def _connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False, cached_statements=500)
        connection.row_factory = sqlite3.Row
        for pragma in ("busy_timeout=5000", "foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _run(self) -> None:
        connection = self._connection()
        while True:
            transaction, answer = self._jobs.get()
            try:
                connection.execute("BEGIN IMMEDIATE")
                value = _driven(connection, transaction)
                connection.execute("COMMIT")
            except Exception as error:
                connection.rollback()
                self._loop.call_soon_threadsafe(answer.set_exception, error)
            else:
                self._loop.call_soon_threadsafe(answer.set_result, value)


def _driven(connection: sqlite3.Connection, transaction: Transaction) -> Any:
    found: Any = None
    while True:
        try:
            sql, row = transaction.send(found)
        except StopIteration as end:
            return end.value
        if row and isinstance(row[0], list):
            connection.executemany(sql, row)
            found = []
        else:
            found = connection.execute(sql, row).fetchall()


async def main(file: str, port: int) -> None:
    await serve(Sqlite(file), port)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
