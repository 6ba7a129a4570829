"""Both databases as `Transactions`: consistent reads, no writes by the way, refusals in plain words."""

from __future__ import annotations

import asyncio

import pytest

from bot.db.database import Database, open_database
from core.app.ports import Store
from core.domain.environment import Environment
from core.errors import UnavailableError
from tests.support.clock import nth_id
from tests.support.ports import unused_port

ENVIRONMENT = Environment(nth_id(1), "staging")


async def test_the_kind_is_known(database: Database, store_url: str) -> None:
    assert store_url.startswith(database.kind)
    await database.check()


async def test_what_was_written_is_read_at_once(database: Database) -> None:
    for number in range(1, 20):
        environment = Environment(nth_id(number), f"env-{number}")
        await database.write(lambda store, it=environment: store.environments.add(it))  # type: ignore[misc]
        assert await database.read(lambda store: len(store.environments.all())) == number


async def test_a_read_sees_one_moment(database: Database) -> None:
    begun, written = asyncio.Event(), asyncio.Event()

    def body(store: Store) -> tuple[int, int]:
        before = len(store.environments.all())
        begun.set()
        for _ in range(10_000):
            store.environments.get(nth_id(9))  # waits for the database, so that the writer gets its turn
            if written.is_set():
                break
        return before, len(store.environments.all())

    read = asyncio.ensure_future(database.read(body))
    await begun.wait()
    await database.write(lambda store: store.environments.add(ENVIRONMENT))
    written.set()
    assert await read == (0, 0)
    assert await database.read(lambda store: len(store.environments.all())) == 1


async def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises(UnavailableError, match="only be read"):
        await database.read(lambda store: store.environments.add(ENVIRONMENT))
    assert await database.read(lambda store: store.environments.all()) == ()


async def test_a_cancelled_read_or_write_leaves_the_database_usable(database: Database) -> None:
    for _ in range(5):
        tasks = [asyncio.ensure_future(database.read(lambda store: store.environments.all())) for _ in range(6)]
        tasks += [asyncio.ensure_future(database.write(lambda store: store.environments.all())) for _ in range(6)]
        await asyncio.sleep(0.001)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await database.write(lambda store: store.environments.add(ENVIRONMENT))
    assert await database.read(lambda store: store.environments.all()) == (ENVIRONMENT,)


async def test_more_callers_than_connections_all_get_their_answer(database: Database) -> None:
    answers = await asyncio.gather(*(database.read(lambda store: store.environments.all()) for _ in range(100)))
    assert answers == [()] * 100


async def test_an_unreachable_server_is_unavailable_and_the_password_stays_secret() -> None:
    database = open_database(f"postgresql://bot:s3cr3t@127.0.0.1:{unused_port()}/countersign")
    for attempt in (
        database.check,
        lambda: database.write(lambda _: None),
        lambda: database.read(lambda s: s.people.all()),
    ):
        with pytest.raises(UnavailableError) as failure:
            await attempt()
        assert "cannot be reached" in failure.value.message
        assert "s3cr3t" not in f"{failure.value!r} {failure.value.hint} {failure.value.__cause__!r}"
    await database.close()


async def test_a_file_that_is_no_database_is_said(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "x.db").write_bytes(b"This is a shopping list, not a database. " * 100)
    database = open_database(f"sqlite:///{tmp_path / 'x.db'}")
    with pytest.raises(UnavailableError, match="no SQLite database"):
        await database.check()
    with pytest.raises(UnavailableError, match="no SQLite database"):
        await database.write(lambda store: store.people.all())
    await database.close()


async def test_the_files_of_a_sqlite_database_are_private(tmp_path) -> None:  # type: ignore[no-untyped-def]
    database = open_database(f"sqlite:///{tmp_path / 'new' / 'x.db'}")
    await database.write(lambda _store: None)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "new").iterdir()} == {0o600}
    await database.close()
