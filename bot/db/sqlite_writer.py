"""All writes to a SQLite database: one thread, one connection, one commit for all who wait at the same time.

Each body runs in a savepoint of its own, so one that raises undoes nothing but itself. Nobody is answered before the
COMMIT that holds what they were told, refusals included: those may rest on what others in the same commit wrote. Where
the commit fails, everybody in it gets UnavailableError and the next one starts on a new connection.

A caller that stops waiting changes nothing here: its body is run and committed, or not, like all others.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from sqlalchemy import URL, Connection
from sqlalchemy.exc import DBAPIError

from bot.db.engines import BEGIN_WRITING, sqlite_writer_engine
from bot.db.failures import domain_error
from bot.db.store import on_connection
from core.app.ports import Store
from core.errors import StaleVersionError, UnavailableError

T = TypeVar("T")

MAX_BATCH = 64
"""How many bodies share a commit at most, so that the first of many does not wait for all."""

_ATTEMPTS = 3


@dataclass(slots=True)
class _Outcome:
    """What a body returned or raised."""

    value: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class _Job:
    """A body that waits, and where its caller does."""

    body: Callable[[Store], Any]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[_Outcome]
    outcome: _Outcome = field(default_factory=_Outcome)


class SqliteWriter:
    """The one writer of a database file within this program. Other programs are kept out for a commit at a time."""

    def __init__(self, url: URL) -> None:
        self._engine = sqlite_writer_engine(url)
        self._connection: Connection | None = None
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._closed = False
        self._thread = Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def write(self, body: Callable[[Store], T]) -> T:
        """Run `body` and return what it returned once that is durable; raise what it raised.

        Raises UnavailableError where nothing could be stored.
        """
        if self._closed:
            raise UnavailableError("The database is closed")
        loop = asyncio.get_running_loop()
        job = _Job(body, loop, loop.create_future())
        self._jobs.put(job)
        outcome = await job.answer
        if outcome.error is not None:
            raise outcome.error
        value: T = outcome.value
        return value

    async def close(self) -> None:
        """Commit what waits, then stop; nothing more is accepted."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        more = True
        while more:
            batch, more = self._next_batch()
            if batch:
                self._commit(batch)
                _answer(batch)
        self._disconnect()

    def _next_batch(self) -> tuple[list[_Job], bool]:
        """Everybody who waits now, at least one; and whether more may come."""
        batch: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            batch.append(job)
            if len(batch) == MAX_BATCH:
                return batch, True
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return batch, True
        return batch, False

    def _commit(self, batch: list[_Job]) -> None:
        try:
            with self._connected().begin() as transaction:
                transaction.connection.exec_driver_sql(BEGIN_WRITING)
                for job in batch:
                    job.outcome = _outcome(transaction.connection, job.body)
        except BaseException as error:
            # Whatever it was, the transaction is gone, and its callers must hear of it.
            for job in batch:
                job.outcome = _Outcome(error=_not_stored(error))
            self._disconnect()

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(DBAPIError):  # it is thrown away because it does not work
                connection.close()
        self._engine.dispose()


def _outcome(connection: Connection, body: Callable[[Store], Any]) -> _Outcome:
    """Run a body in its savepoint. Raises only where the whole transaction is lost."""
    # Said to the driver itself: SQLAlchemy's savepoints cost as much as all that most bodies do.
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    for attempt in range(1, _ATTEMPTS + 1):
        driver.execute("SAVEPOINT body")
        try:
            value = on_connection(body, locking=True)(connection)
        except BaseException as error:
            _undo(driver, error)
            if isinstance(error, StaleVersionError) and attempt < _ATTEMPTS:
                continue
            return _Outcome(error=_explained(error))
        driver.execute("RELEASE body")
        return _Outcome(value)
    raise AssertionError("the last attempt returns")


def _undo(driver: sqlite3.Connection, why: BaseException) -> None:
    try:
        driver.execute("ROLLBACK TO body")
        driver.execute("RELEASE body")
    except sqlite3.Error:
        # SQLite has ended the whole transaction because of what went wrong first, a full disk for example.
        raise why from None


def _explained(error: BaseException) -> BaseException:
    return (domain_error(error) or error) if isinstance(error, DBAPIError) else error


def _not_stored(error: BaseException) -> UnavailableError:
    explained = _explained(error)
    if isinstance(explained, UnavailableError):
        return explained
    unexpected = UnavailableError(f"The database could not commit ({type(error).__name__}); nothing was stored")
    unexpected.__cause__ = error
    return unexpected


def _answer(batch: Iterable[_Job]) -> None:
    waiting: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in batch:
        waiting.setdefault(job.loop, []).append(job)
    for loop, jobs in waiting.items():
        with contextlib.suppress(RuntimeError):  # a loop that is closed has nobody waiting any more
            loop.call_soon_threadsafe(_settle, jobs)


def _settle(jobs: list[_Job]) -> None:
    for job in jobs:
        if not job.answer.done():
            job.answer.set_result(job.outcome)
