"""Whole promotions over aiohttp and raw asyncpg: DSN PORT."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg  # type: ignore[import-untyped]

from tests.benchmarks.floors.replay import Transaction, serve

CONNECTIONS = 16


class Postgres:
    """Sixteen connections, each with its statements prepared."""

    lock, skip = " FOR UPDATE", " FOR UPDATE SKIP LOCKED"

    def __init__(self) -> None:
        self._idle: asyncio.Queue[Any] = asyncio.Queue()

    async def connect(self, dsn: str) -> None:
        for _ in range(CONNECTIONS):
            self._idle.put_nowait(await asyncpg.connect(dsn, server_settings={"jit": "off"}))

    async def read(self, transaction: Transaction) -> Any:
        connection = await self._idle.get()
        try:
            return await _driven(connection, transaction)
        finally:
            self._idle.put_nowait(connection)

    async def write(self, transaction: Transaction) -> Any:
        connection = await self._idle.get()
        try:
            async with connection.transaction():
                return await _driven(connection, transaction)
        finally:
            self._idle.put_nowait(connection)

    def id_of(self, id: UUID) -> UUID:
        return id

    def moment(self, seconds: float = 0) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=seconds)


async def _driven(connection: Any, transaction: Transaction) -> Any:
    found: Any = None
    while True:
        try:
            sql, row = transaction.send(found)
        except StopIteration as end:
            return end.value
        if row and isinstance(row[0], list):
            await connection.executemany(_numbered(sql), row)
            found = []
        else:
            found = await connection.fetch(_numbered(sql), *row)


@cache
def _numbered(sql: str) -> str:
    """asyncpg's `$1` for every `?`."""
    first, *others = sql.split("?")
    return first + "".join(f"${number}{text}" for number, text in zip(count(1), others, strict=False))


async def main(dsn: str, port: int) -> None:
    backend = Postgres()
    await backend.connect(dsn)
    await serve(backend, port)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
