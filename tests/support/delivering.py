"""Waiting for what the product has to tell."""

from __future__ import annotations

import asyncio

from aiohttp import ClientSession

from tests.support.world import Product

LOOK_S = 0.05


async def everything_delivered(made: Product, within_s: float = 30.0) -> None:
    """Wait until the outbox is empty."""
    await until_delivered(made.session, made.url, within_s)


async def until_delivered(session: ClientSession, url: str, within_s: float = 30.0) -> None:
    """Wait until the outbox of the server at `url` is empty."""
    for _ in range(int(within_s / LOOK_S)):
        async with session.get(f"{url}/metrics") as answer:
            if "\ncountersign_outbox_waiting 0.0" in await answer.text():
                return
        await asyncio.sleep(LOOK_S)
    raise TimeoutError("the outbox is not empty")
