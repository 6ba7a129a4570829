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
from tests.support.history import APART, RELEASE_HAS, Shop, lengthen, open_shop

ROWS, FEW_ROWS = 1_000_000, 20_000
ROUNDS, FEW_ROUNDS = 60, 12
FIRST_PAGE_MS = 10
DEEPER = 1.2
BUSY = 3.0
"""Milliseconds are not held to their goals closer than by this: they are another machine's, and it may be busy."""


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


@pytest.mark.timeout(1800)
async def test_lists_are_flat_and_counted_at_once(store_url: str, figures: Figures, short: bool) -> None:
    length, rounds = (FEW_ROWS, FEW_ROUNDS) if short else (ROWS, ROUNDS)
    kind = "SQLite" if store_url.startswith("sqlite") else "PostgreSQL"
    async with long_lists(store_url, length) as lists:
        first = [await lists.timed("/promotions") for _ in range(rounds)]
        name = f"list of {length:,} promotions, first page with totalCount, {kind}"
        figures.at_most(name, median(first), FIRST_PAGE_MS, "ms", "p50 through REST", noise=BUSY)
        depths = (0.1, 0.5, 0.9, 0.999)
        took: dict[float, list[float]] = {0.0: [], **{depth: [] for depth in depths}}
        for _ in range(2 * rounds):
            for depth, times in took.items():
                times.append(await lists.timed("/promotions", cursor=lists.deep(depth)))
        worst = max(median(took[depth]) for depth in depths)
        about = ", ".join(f"{depth:.1%} {median(times):.2f} ms" for depth, times in took.items())
        figures.at_most(
            f"cursor page at any depth to the first, {kind}", worst / median(took[0.0]), DEEPER, about=about
        )
        slowest = ("", 0.0)
        for called, wanted in (await filters(lists)).items():
            for query in (wanted, wanted | {"cursor": lists.deep(0.5)}):
                times = [await lists.timed("/promotions", **query) for _ in range(rounds)]
                slowest = max(slowest, (called, median(times)), key=lambda each: each[1])
        figures.at_most(
            f"slowest of all filters and pairs, {kind}", slowest[1], FIRST_PAGE_MS, "ms", f"by {slowest[0]}", noise=BUSY
        )
        assert (
            await walk(lists, status="rejected", environmentId=str(lists.shop.environments["staging"].id))
            == length // 20
        )
        whole = (await lists.get("/promotions"))["meta"]
        assert (whole["totalCount"], whole["totalCountExact"]) == (10_000, False)
        assert RELEASE_HAS
