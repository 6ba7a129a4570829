"""One approval as history grows: by REST's use cases, with all that it reads and writes, on a short and on a long past.

Both databases are open at once and asked in turn, so that a busy machine slows both. History is whole: releases, votes,
evidence with its statements, audit entries, deployments, errands that are done, and leaves of the log.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from bot.db.database import open_database
from bot.db.schema import migrate
from tests.support.figures import Figures
from tests.support.history import Shop, lengthen, open_shop
from tests.support.postgres import PostgresCluster

BRIEF, LONG, SHORTER = 1_000, 1_000_000, 20_000
ROUNDS, FEW_ROUNDS = 150, 25
FLAT = 1.2


@asynccontextmanager
async def shop_with(url: str, length: int) -> AsyncIterator[Shop]:
    await migrate(url)
    database = open_database(url)
    try:
        shop = await open_shop(database)
        models = [await shop.deployed("staging", "carol"), await shop.deployed("production", "alice")]
        await lengthen(url, shop, models, length)
        yield shop
    finally:
        await database.close()


async def timed(shop: Shop) -> float:
    """The vote that decides, in milliseconds: gates, policy, signature, evidence, audit, log and outbox in it."""
    promotion = await shop.asked()
    began = perf_counter()
    await shop.approve(promotion)
    return (perf_counter() - began) * 1000


async def compared(new_url: Callable[[], str], figures: Figures, short: bool, kind: str) -> None:
    long, rounds = (SHORTER, FEW_ROUNDS) if short else (LONG, ROUNDS)
    async with AsyncExitStack() as stack:
        brief_shop = await stack.enter_async_context(shop_with(new_url(), BRIEF))
        long_shop = await stack.enter_async_context(shop_with(new_url(), long))
        for shop in (brief_shop, long_shop) * 3:
            await timed(shop)
        brief: list[float] = []
        much: list[float] = []
        turn = [(brief, brief_shop), (much, long_shop)]
        for _ in range(rounds):
            for took, shop in turn:
                took.append(await timed(shop))
            turn.reverse()
    name = f"an approval after {long:,} promotions to one after {BRIEF:,}, {kind}"
    about = f"{median(much):.2f} and {median(brief):.2f} ms at p50"
    figures.at_most(name, median(much) / median(brief), FLAT, about=about)


@pytest.mark.timeout(1800)
async def test_an_approval_takes_as_long_after_a_million_on_sqlite(
    tmp_path: Path, figures: Figures, short: bool
) -> None:
    numbers = iter(range(9))
    await compared(lambda: f"sqlite:///{tmp_path}/{next(numbers)}.db", figures, short, "SQLite")


@pytest.mark.timeout(1800)
async def test_an_approval_takes_as_long_after_a_million_on_postgresql(
    postgres_cluster: PostgresCluster, figures: Figures, short: bool
) -> None:
    await compared(postgres_cluster.create, figures, short, "PostgreSQL")
