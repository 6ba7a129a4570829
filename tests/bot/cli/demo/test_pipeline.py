from __future__ import annotations

import asyncio
import contextlib
import time
from uuid import UUID

from bot.cli.demo.pipeline import deploy_what_is_approved
from bot.cli.demo.world import CLI, PIPELINE, World
from core.app.requesting import RequestPromotion
from core.domain.promotion import Status


async def test_what_is_approved_is_deployed_and_opens_the_way_on(world: World) -> None:
    await world.furnish()
    countersign = world.countersign
    release, staging = await countersign.reading.resolve(CLI, "billing-1.9.0", "staging")
    promotion = await countersign.requesting.request(world.actors["alice"], RequestPromotion(release.id, staging.id))
    await countersign.evaluating.evaluate(promotion.id)
    pipeline = asyncio.create_task(deploy_what_is_approved(countersign, world.actors[PIPELINE], look=0.01, work=0.01))
    try:
        await deployed(world, promotion.id)
    finally:
        pipeline.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pipeline


async def deployed(world: World, promotion_id: UUID) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        view = await world.countersign.reading.promotion(CLI, promotion_id)
        if view.promotion.status is Status.DEPLOYED:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it was not deployed")
