"""Looking things up for a view: what several listeners show."""

from __future__ import annotations

from uuid import UUID

from bot.slack.ids import ListValue
from bot.slack.views.details_modal import Details
from bot.slack.views.lists import LIST_SIZE, approvals_list, promotions_list
from bot.slack.views.message import Message
from core.app.countersign import Countersign
from core.app.pages import PageRequest
from core.app.ports import PromotionFilter
from core.domain.people import Actor


async def details(countersign: Countersign, actor: Actor, promotion_id: UUID) -> Details:
    """All about a promotion. Raises NotFoundError."""
    view = await countersign.reading.promotion(actor, promotion_id)
    history = await countersign.reading.history(actor, promotion_id)
    packet = None if view.promotion.is_open else await countersign.reading.evidence(actor, promotion_id)
    return Details(view, history, packet)


async def promotions_page(countersign: Countersign, actor: Actor, shown: ListValue) -> Message:
    """One page of a list."""
    wanted = PromotionFilter(frozenset(shown.statuses), requested_by=actor.ref.id if shown.mine else None)
    page = await countersign.reading.promotions(actor, wanted, PageRequest(shown.page, LIST_SIZE))
    return promotions_list(page, shown)


async def approvals_page(countersign: Countersign, actor: Actor, page: int = 1) -> Message:
    """What waits for somebody."""
    return approvals_list(await countersign.reading.pending_approvals(actor), page)
