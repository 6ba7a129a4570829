"""Lists of a million promotions, through REST: flat at any depth, counted at once, every filter as quick as none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import combinations
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID

import pytest
from aiohttp import ClientSession, web

from bot.api.cursors import cursor_of
from bot.api.mounting import add_api
from bot.db.database import open_database
from bot.listening import listening
from bot.settings import Address
from core.app.pages import Mark
from tests.support.figures import Figures
from tests.support.history import APART, Shop, lengthen, open_shop

ROWS, FEW_ROWS = 1_000_000, 20_000
ROUNDS, FEW_ROUNDS = 60, 8
FIRST_PAGE_MS = 10
DEEPER = 1.2
FILTERED = 4
"""A scan of a million rows would be fifty times as slow."""
BUSY = 20
"""Milliseconds are held to no more than this many times their goal: the machine is another one, and may be busy."""
DEPTHS = (0.0, 0.1, 0.5, 0.9, 0.999)


class Lists:
    """The API over a long history."""

    def __init__(self, shop: Shop, session: ClientSession, url: str, length: int) -> None:
        self.shop = shop
        self.length = length
        self._session = session
        self._url = url

    async def get(self, path: str, **query: str) -> Any:
        headers = {"Authorization": f"Bearer {self.shop.token}"}
        async with self._session.get(f"{self._url}/api/v1{path}", params=query, headers=headers) as answer:
            body = await answer.json()
            assert answer.status == 200, body
            return body

    async def timed(self, path: str, **query: str) -> float:
        began = perf_counter()
        await self.get(path, **query)
        return (perf_counter() - began) * 1000

    def deep(self, part: float) -> str:
        """A cursor behind that part of the list."""
        at = self.shop.clock() - timedelta(seconds=int(part * self.length) * APART)
        return cursor_of(Mark("promotions", at, UUID(int=0)))


@asynccontextmanager
async def long_lists(url: str, length: int) -> AsyncIterator[Lists]:
    database = open_database(url)
    try:
        shop = await open_shop(database)
        models = [await shop.deployed("staging", "carol"), await shop.deployed("production", "alice")]
        await lengthen(url, shop, models, length, whole=False)
        app = web.Application()
        add_api(app, shop.countersign)
        async with listening(app, Address("127.0.0.1", 0)) as at, ClientSession() as session:
            yield Lists(shop, session, f"http://127.0.0.1:{at.port}", length)
    finally:
        await database.close()


async def filters(lists: Lists) -> dict[str, dict[str, str]]:
    """Each filter and each pair; what is hardest to find among them: Alice has asked for nothing in staging."""
    newest = (await lists.get("/promotions", cursor=lists.deep(0.5), pageSize="1"))["data"][0]
    single = {
        "status": {"status": "rejected"},
        "open": {"status": "pending,awaiting_approval"},
        "release": {"releaseId": (await lists.get(f"/promotions/{newest['id']}"))["releaseId"]},
        "environment": {"environmentId": str(lists.shop.environments["staging"].id)},
        "requester": {"requestedBy": str(lists.shop.people["alice"].id)},
    }
    pairs = combinations([name for name in single if name != "open"], 2)
    return single | {f"{one} and {other}": single[one] | single[other] for one, other in pairs}


async def walk(lists: Lists, **query: str) -> int:
    """How many there are, page by page; none may come twice."""
    seen: set[str] = set()
    page = await lists.get("/promotions", pageSize="100", **query)
    while True:
        ids = [each["id"] for each in page["data"]]
        assert not seen & set(ids)
        seen.update(ids)
        if page["meta"]["nextCursor"] is None:
            return len(seen)
        page = await lists.get("/promotions", pageSize="100", cursor=page["meta"]["nextCursor"], **query)


async def side_by_side(lists: Lists, queries: dict[str, dict[str, str]], rounds: int) -> dict[str, float]:
    """How long each takes at the 50th percentile, asked in turn, so that a busy machine slows all."""
    took: dict[str, list[float]] = {name: [] for name in queries}
    for _ in range(rounds):
        for name, query in queries.items():
            took[name].append(await lists.timed("/promotions", **query))
    return {name: median(times) for name, times in took.items()}


@pytest.mark.timeout(1800)
async def test_lists_are_flat_and_counted_at_once(store_url: str, figures: Figures, short: bool) -> None:
    length, rounds = (FEW_ROWS, FEW_ROUNDS) if short else (ROWS, ROUNDS)
    kind = "SQLite" if store_url.startswith("sqlite") else "PostgreSQL"
    async with long_lists(store_url, length) as lists:
        cursors = {f"{depth:.1%}": {"cursor": lists.deep(depth)} for depth in DEPTHS}
        took = await side_by_side(lists, {"first": {}, **cursors}, 2 * rounds)
        name = f"list of {length:,} promotions: first page with totalCount, {kind}"
        figures.at_most(name, took["first"], FIRST_PAGE_MS, "ms", "p50 through REST", noise=BUSY)
        top, *deeper = (took[depth] for depth in cursors)
        about = ", ".join(f"{depth} {took[depth]:.2f} ms" for depth in cursors)
        name = f"list of {length:,} promotions: cursor page at any depth to the first, {kind}"
        figures.at_most(name, max(deeper) / top, DEEPER, about=about)
        wanted = await filters(lists)
        on = {f"{name}, deep": query | {"cursor": lists.deep(0.5)} for name, query in wanted.items()}
        took = await side_by_side(lists, {"none": {}, **wanted, **on}, rounds)
        slowest = max(took, key=lambda each: took[each])
        name = f"list of {length:,} promotions: slowest filter or pair to none, {kind}"
        figures.at_most(name, took[slowest] / took["none"], FILTERED, about=f"{slowest}, {took[slowest]:.2f} ms at p50")
        rejected = {"status": "rejected", "environmentId": str(lists.shop.environments["staging"].id)}
        assert await walk(lists, **rejected) == length // 20
        whole = (await lists.get("/promotions"))["meta"]
        assert (whole["totalCount"], whole["totalCountExact"]) == (10_000, False)
