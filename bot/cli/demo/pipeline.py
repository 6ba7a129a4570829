"""A pipeline that deploys what is approved: a few seconds of work, and always a success."""

from __future__ import annotations

import asyncio
from uuid import UUID

from core.app.countersign import Countersign
from core.app.deploying import ReportDeployment
from core.app.pages import MAX_PAGE_SIZE, PageRequest
from core.app.ports import PromotionFilter
from core.domain.people import Actor
from core.domain.promotion import Status
from core.domain.release import DeploymentStatus

LOOK_SECONDS = 1.0
WORK_SECONDS = 4.0


async def deploy_what_is_approved(
    countersign: Countersign, actor: Actor, *, look: float = LOOK_SECONDS, work: float = WORK_SECONDS
) -> None:
    """Deploy until cancelled. What a killed demo left half done is finished too."""
    while True:
        for status in (Status.APPROVED, Status.DEPLOYING):
            for promotion_id in await _in(countersign, actor, status):
                await _deploy(countersign, actor, promotion_id, begun=status is Status.DEPLOYING, seconds=work)
        await asyncio.sleep(look)


async def _in(countersign: Countersign, actor: Actor, status: Status) -> list[UUID]:
    wanted = PromotionFilter(statuses=frozenset({status}))
    page = await countersign.reading.promotions(actor, wanted, PageRequest(size=MAX_PAGE_SIZE))
    return [promotion.id for promotion in page.items]


async def _deploy(countersign: Countersign, actor: Actor, promotion_id: UUID, *, begun: bool, seconds: float) -> None:
    if not begun:
        await asyncio.sleep(1)
        begin = ReportDeployment(promotion_id, DeploymentStatus.DEPLOYING, message="The example pipeline is at work")
        await countersign.deploying.report(actor, begin)
    await asyncio.sleep(seconds)
    await countersign.deploying.report(actor, ReportDeployment(promotion_id, DeploymentStatus.DEPLOYED))
