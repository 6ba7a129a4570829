"""The one writer of a SQLite file: shared commits, bodies that fail alone, commits that fail for all."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

import pytest
import pytest_asyncio
from sqlalchemy import Connection, Engine, event, text

from bot.db import engines
from bot.db.sqlite_writer import SqliteWriter
from bot.db.urls import parse_url, sqlite_file
from core.app.ports import Store
from core.domain.environment import Environment
from core.errors import ConflictError, InvalidError, NameTakenError, StaleVersionError, UnavailableError
from tests.support.clock import nth_id


@pytest_asyncio.fixture
async def writer(sqlite_store_url: str) -> AsyncIterator[SqliteWriter]:
    opened = SqliteWriter(parse_url(sqlite_store_url))
    yield opened
    await opened.close()


@pytest.fixture
def file(sqlite_store_url: str) -> Iterator[sqlite3.Connection]:
    """Another program's view of the database."""
    connection = sqlite3.connect(sqlite_file(parse_url(sqlite_store_url)), isolation_level=None, timeout=5)
    yield connection
    connection.close()


def adding(number: int, name: str = "") -> Callable[[Store], int]:
    def body(store: Store) -> int:
        store.environments.add(Environment(nth_id(number), name or f"env-{number}"))
        return number

    return body


def raw(store: Store) -> Connection:
    return cast(Connection, cast(Any, store.audit)._connection)


def names(file: sqlite3.Connection) -> list[str]:
    return [row[0] for row in file.execute("SELECT name FROM environments ORDER BY name")]


@contextmanager
def counted_commits() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object) -> None:
        seen.append("commit")

    event.listen(Engine, "commit", note)
    yield seen
    event.remove(Engine, "commit", note)


async def together(writer: SqliteWriter, *bodies: Callable[[Store], Any]) -> list[Any]:
    """Run bodies in one batch: all are waiting by the time the writer is free."""
    busy, free = threading.Event(), threading.Event()

    def block(_store: Store) -> None:
        busy.set()
        free.wait(10)

    first = asyncio.ensure_future(writer.write(block))
    await asyncio.to_thread(busy.wait, 10)
    waiting = [asyncio.ensure_future(writer.write(body)) for body in bodies]
    await asyncio.sleep(0)
    free.set()
    await first
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_bodies_that_wait_together_share_a_commit(writer: SqliteWriter, file: sqlite3.Connection) -> None:
    with counted_commits() as commits:
        assert await together(writer, *(adding(number) for number in range(1, 21))) == list(range(1, 21))
    assert len(commits) == 2, "one for the body that kept the writer busy, one for all others"
    assert len(names(file)) == 20


async def test_a_body_that_raises_undoes_only_itself(writer: SqliteWriter, file: sqlite3.Connection) -> None:
    def fail(store: Store) -> None:
        adding(2)(store)
        raise InvalidError("No", field="x")

    one, two, three, four = await together(writer, adding(1), fail, adding(3, "ENV-1"), adding(4))
    assert (one, four) == (1, 4)
    assert isinstance(two, InvalidError)
    assert isinstance(three, NameTakenError)
    assert names(file) == ["env-1", "env-4"]


async def test_nobody_is_answered_before_the_commit(writer: SqliteWriter, file: sqlite3.Connection) -> None:
    at_commit, go_on = threading.Event(), threading.Event()

    def wait(_connection: object) -> None:
        at_commit.set()
        go_on.wait(10)

    event.listen(Engine, "commit", wait)
    try:
        write = asyncio.ensure_future(writer.write(adding(1)))
        await asyncio.to_thread(at_commit.wait, 10)
        await asyncio.sleep(0.02)
        assert not write.done()
        assert names(file) == []
        go_on.set()
        assert await write == 1
    finally:
        event.remove(Engine, "commit", wait)
    assert names(file) == ["env-1"]


async def test_a_failing_commit_fails_all_and_the_next_one_works(
    writer: SqliteWriter, file: sqlite3.Connection
) -> None:
    def poison(store: Store) -> None:
        raw(store).execute(text("PRAGMA defer_foreign_keys=ON"))
        raw(store).execute(text("INSERT INTO slack_accounts VALUES ('T1', 'U1', 'nobody', 0, '')"))

    outcomes = await together(writer, adding(1), poison, adding(2))
    assert [type(outcome) for outcome in outcomes] == [UnavailableError] * 3
    assert names(file) == []
    assert await writer.write(adding(1)) == 1
    assert names(file) == ["env-1"]


async def test_a_lost_transaction_fails_all_even_if_a_body_hid_it(
    writer: SqliteWriter, file: sqlite3.Connection
) -> None:
    def lose(store: Store) -> str:
        raw(store).exec_driver_sql("ROLLBACK")
        return "fine"

    outcomes = await together(writer, adding(1), lose, adding(2))
    assert [type(outcome) for outcome in outcomes] == [UnavailableError] * 3
    assert names(file) == []
    assert await writer.write(adding(3)) == 3


async def test_a_full_disk_is_said_and_nothing_is_stored(writer: SqliteWriter, file: sqlite3.Connection) -> None:
    def limit(pages: int) -> Callable[[Store], None]:
        return lambda store: raw(store).exec_driver_sql(f"PRAGMA max_page_count={pages}").close()

    def write_much(store: Store) -> None:
        adding(1)(store)
        store.environments.add(Environment(nth_id(2), "big", gates={"gate": {"padding": "x" * 1_000_000}}))

    await writer.write(limit(1))  # SQLite takes the pages there are, if that is more
    with pytest.raises(UnavailableError, match="full"):
        await writer.write(write_much)
    assert names(file) == []
    await writer.write(limit(1_000_000))
    await writer.write(write_much)
    assert names(file) == ["big", "env-1"]


async def test_a_database_that_may_only_be_read_is_said(writer: SqliteWriter) -> None:
    await writer.write(lambda store: raw(store).exec_driver_sql("PRAGMA query_only=ON").close())
    with pytest.raises(UnavailableError, match="only be read"):
        await writer.write(adding(1))


async def test_a_lock_of_another_program_is_waited_for_and_then_said(
    sqlite_store_url: str, file: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 300)
    writer = SqliteWriter(parse_url(sqlite_store_url))
    file.execute("BEGIN IMMEDIATE")
    with pytest.raises(UnavailableError, match="locked"):
        await writer.write(adding(1))
    write = asyncio.ensure_future(writer.write(adding(1)))
    await asyncio.sleep(0.05)
    file.execute("COMMIT")
    assert await write == 1
    await writer.close()


async def test_a_row_without_what_it_refers_to_is_a_conflict(writer: SqliteWriter) -> None:
    orphan = Environment(nth_id(1), "orphan", source_environment_id=nth_id(9))
    with pytest.raises(ConflictError, match="does not exist any more"):
        await writer.write(lambda store: store.environments.add(orphan))


async def test_a_stale_version_is_tried_again_from_the_start(writer: SqliteWriter, file: sqlite3.Connection) -> None:
    runs: list[int] = []

    def body(store: Store) -> int:
        adding(1)(store)
        runs.append(1)
        if len(runs) < 3:
            raise StaleVersionError("Not yet")
        return len(runs)

    assert await writer.write(body) == 3
    assert names(file) == ["env-1"]


async def test_but_not_for_ever(writer: SqliteWriter) -> None:
    runs: list[int] = []

    def body(_store: Store) -> None:
        runs.append(1)
        raise StaleVersionError("Never")

    with pytest.raises(StaleVersionError):
        await writer.write(body)
    assert len(runs) == 3


@pytest.mark.parametrize("error", [StopIteration, asyncio.CancelledError, SystemExit, KeyError])
async def test_whatever_a_body_raises_the_writer_lives_and_the_caller_hears(
    writer: SqliteWriter, error: type[BaseException]
) -> None:
    def body(_store: Store) -> None:
        raise error("odd")

    with suppress(asyncio.CancelledError), pytest.raises((error, RuntimeError)):
        await writer.write(body)
    assert await writer.write(adding(1)) == 1


async def test_a_caller_that_gives_up_leaves_no_half_state(writer: SqliteWriter, file: sqlite3.Connection) -> None:
    busy, free = threading.Event(), threading.Event()

    def slow(store: Store) -> None:
        adding(1)(store)
        busy.set()
        free.wait(10)
        adding(2)(store)

    given_up = asyncio.ensure_future(writer.write(slow))
    await asyncio.to_thread(busy.wait, 10)
    waiting = asyncio.ensure_future(writer.write(adding(3)))
    also_given_up = asyncio.ensure_future(writer.write(adding(4)))
    await asyncio.sleep(0)
    given_up.cancel()
    also_given_up.cancel()
    free.set()
    assert await waiting == 3, "the others get their answers"
    assert names(file) == ["env-1", "env-2", "env-3", "env-4"]


async def test_closing_finishes_what_waits_and_takes_nothing_more(
    sqlite_store_url: str, file: sqlite3.Connection
) -> None:
    writer = SqliteWriter(parse_url(sqlite_store_url))
    waiting = [asyncio.ensure_future(writer.write(adding(number))) for number in range(1, 6)]
    await asyncio.sleep(0)
    await writer.close()
    assert await asyncio.gather(*waiting) == [1, 2, 3, 4, 5]
    assert len(names(file)) == 5
    with pytest.raises(UnavailableError, match="closed"):
        await writer.write(adding(6))
    await writer.close()
    assert not any(thread.name == "sqlite-writer" for thread in threading.enumerate())


async def test_the_writer_is_durable_and_checks_references(writer: SqliteWriter) -> None:
    def pragmas(store: Store) -> list[Any]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return [raw(store).exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert await writer.write(pragmas) == ["wal", 2, 1, 5000]
