"""Transactions on PostgreSQL, which any number of replicas share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import URL, Connection
from sqlalchemy.exc import DBAPIError

from bot.db.engines import postgres_engine
from bot.db.failures import explained, is_worth_retrying
from bot.db.schema import require_head
from bot.db.store import on_connection
from core.app.ports import Store
from core.errors import OutcomeUnknownError, StaleVersionError

T = TypeVar("T")

PAUSES_S = (0.005, 0.02, 0.08, 0.3)
"""How long to wait before each new attempt where somebody else was in the way."""


class PostgresDatabase:
    """`bot.db.database.Database` on a PostgreSQL server. It connects when it is first used.

    Writes run READ COMMITTED: what they decide on is locked when it is read, or compared when it is written. Reads run
    REPEATABLE READ, so that all their statements see one moment.
    """

    kind = "postgresql"

    def __init__(self, url: URL) -> None:
        self._engine = postgres_engine(url)
        self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    async def write(self, body: Callable[[Store], T]) -> T:
        return await _patiently(lambda: self._write(body))

    async def read(self, body: Callable[[Store], T]) -> T:
        return await _patiently(lambda: self._read(on_connection(body, locking=False)))

    async def check(self) -> None:
        await _patiently(lambda: self._read(require_head))

    async def close(self) -> None:
        await self._engine.dispose()

    async def _write(self, body: Callable[[Store], T]) -> T:
        async with self._engine.connect() as connection:
            await connection.begin()
            value = await connection.run_sync(on_connection(body, locking=True))
            try:
                await connection.commit()
            except (DBAPIError, OSError) as error:
                if isinstance(error, DBAPIError) and not error.connection_invalidated:
                    raise
                # Not to be tried again by us: it may be stored, and only the caller can look.
                message = "The connection to PostgreSQL was lost during the commit: it may be stored, or not"
                raise OutcomeUnknownError(message, hint="Look whether it is there before you try again.") from error
            return value

    async def _read(self, look: Callable[[Connection], T]) -> T:
        async with self._reading.connect() as connection:
            await connection.begin()
            return await connection.run_sync(look)


async def _patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try again what somebody else, or a connection that broke before the commit, was in the way of."""
    with explained():
        for pause in PAUSES_S:
            try:
                return await attempt()
            except StaleVersionError:
                await asyncio.sleep(pause)
            except DBAPIError as error:
                if not (is_worth_retrying(error) or error.connection_invalidated):
                    raise
                await asyncio.sleep(pause)
        return await attempt()
