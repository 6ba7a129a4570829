"""Waiting for what the product has to tell."""

from __future__ import annotations

import asyncio

from tests.support.world import Product

LOOK_S = 0.05


async def everything_delivered(made: Product, within_s: float = 30.0) -> None:
    """Wait until the outbox is empty."""
    for _ in range(int(within_s / LOOK_S)):
        async with made.session.get(f"{made.url}/metrics") as answer:
            if "\ncountersign_outbox_waiting 0.0" in await answer.text():
                return
        await asyncio.sleep(LOOK_S)
    raise TimeoutError("the outbox is not empty")
