"""Workspaces that have let us in, on every kind of store."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.db.database import Database
from core.app.installations import Installation
from core.app.ports import Store, Transactions
from tests.support.clock import MORNING, nth_id

HOUR = timedelta(hours=1)
LONG = "gAAAA" + "x" * 20_000
ONE = Installation(
    nth_id(1), "T01", "Straße & <Co>", "E01", "U0BOT", ("chat:write", "commands"), LONG, MORNING, MORNING + 12 * HOUR
)
OTHER = Installation(nth_id(2), "E02", "Org", "E02", "U0BOT", (), "sealed", MORNING)


async def test_an_installation_comes_back_as_it_was_however_long_its_tokens_are(transactions: Transactions) -> None:
    def body(store: Store) -> None:
        for each in (ONE, OTHER):
            store.installations.put(each)

    await transactions.write(body)
    assert await transactions.read(lambda store: store.installations.get("T01")) == ONE
    assert await transactions.read(lambda store: store.installations.all()) == (OTHER, ONE)
    assert await transactions.read(lambda store: store.installations.get("T09")) is None


async def test_a_workspace_has_one_installation(transactions: Transactions) -> None:
    closed = replace(ONE, sealed="", expires_at=None, closed_at=MORNING + HOUR, closed_because="app_uninstalled")
    for each in (ONE, closed):
        await transactions.write(lambda store, each=each: store.installations.put(each))  # type: ignore[misc]
    assert await transactions.read(lambda store: store.installations.all()) == (closed,)
    await transactions.write(lambda store: store.installations.remove("T01"))
    await transactions.write(lambda store: store.installations.remove("T01"))
    assert await transactions.read(lambda store: store.installations.all()) == ()


async def test_a_change_counts_only_where_the_tokens_are_still_the_same(transactions: Transactions) -> None:
    await transactions.write(lambda store: store.installations.put(ONE))
    renewed, late = replace(ONE, sealed="renewed"), replace(ONE, sealed="too late")
    assert await transactions.write(lambda store: store.installations.change(ONE, renewed))
    assert not await transactions.write(lambda store: store.installations.change(ONE, late))
    assert await transactions.read(lambda store: store.installations.get("T01")) == renewed
    assert not await transactions.write(lambda store: store.installations.change(OTHER, OTHER)), "it is not there"


async def test_what_works_once_is_used_once_and_forgotten_after_its_time(transactions: Transactions) -> None:
    async def spend(digest: str) -> bool:
        return await transactions.write(lambda store: store.installations.spend(digest, MORNING + HOUR))

    assert [await spend("a"), await spend("b"), await spend("a")] == [True, True, False]
    assert await transactions.write(lambda store: store.installations.forget_spent(MORNING + HOUR)) == 0
    assert await transactions.write(lambda store: store.installations.forget_spent(MORNING + 2 * HOUR)) == 2


async def test_of_many_at_once_one_uses_it_up(postgres_pair: tuple[Database, Database]) -> None:
    async def spend(database: Database) -> bool:
        return await database.write(lambda store: store.installations.spend("a", MORNING))

    assert sum(await asyncio.gather(*(spend(each) for each in postgres_pair * 5))) == 1
