"""Promotions: asking, listing, looking, deploying."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

import structlog

from bot.api.endpoint import Call, Endpoint
from bot.api.paths import BASE
from bot.api.schemas.gates import Preview, PreviewRequest, preview_of
from bot.api.schemas.promotions import (
    DeploymentReport,
    PromotionList,
    PromotionRequest,
    PromotionShown,
    PromotionSummary,
    list_of,
    promotion_of,
    summary_of,
)
from bot.api.schemas.queries import PromotionQuery
from core.app.deploying import ReportDeployment
from core.app.requesting import RequestPromotion
from core.domain.promotion import Promotion
from core.errors import UnavailableError

TAG = "Promotions"
_log = structlog.get_logger(__name__)


async def create_promotion(call: Call, body: PromotionRequest) -> PromotionShown:
    """Request a promotion.

    Asks for a release to go to an environment. The answer is `pending`; the gates are evaluated right after it,
    without another call. With `Prefer: wait=N` (RFC 7240, at most 30 seconds) the answer waits for that
    evaluation and shows what came of it.
    """
    command = RequestPromotion(body.release_id, body.target_environment_id, body.reason)
    promotion = await call.countersign.requesting.request(call.actor, command)
    call.headers["Location"] = f"{BASE}/promotions/{promotion.id}"
    if call.wait is not None:
        await _evaluated(call, promotion, call.wait)
        call.headers["Preference-Applied"] = f"wait={call.wait}"
        return await _shown(call, promotion.id)
    view = await call.countersign.reading.promotion(call.actor, promotion.id)
    # Its gates may have been evaluated since; this is the answer to the request itself.
    return promotion_of(replace(view, promotion=promotion))


async def list_promotions(call: Call, query: PromotionQuery) -> PromotionList:
    """List promotions.

    Newest request first. All filters that are given must fit.
    """
    return list_of(await call.countersign.reading.promotions(call.actor, query.wanted(), query.request()))


async def get_promotion(call: Call, id: UUID) -> PromotionShown:
    """Get a promotion.

    Everything about it: decision record, approvals, gates, policies with their progress, who may still approve.
    """
    return await _shown(call, id)


async def preview_gates(call: Call, body: PreviewRequest) -> Preview:
    """Preview the gates.

    Evaluates them without creating a promotion (dry run): the same code as in a real evaluation, for this moment or
    for `at`, a time ahead. `earliestPassingAt` is when they will pass by nothing but time going on. Nothing is stored.
    """
    evaluating = call.countersign.evaluating
    return preview_of(await evaluating.preview(call.actor, body.release_id, body.target_environment_id, body.at))


async def report_deployment(call: Call, id: UUID, body: DeploymentReport) -> PromotionShown:
    """Report a deployment.

    From `approved` to `deploying`, from there to `deployed`, `failed` or `rolled_back`; what was deployed or has
    failed can be rolled back later.
    """
    command = ReportDeployment(id, body.status, body.external_url, body.message)
    await call.countersign.deploying.report(call.actor, command)
    return await _shown(call, id)


async def my_pending_approvals(call: Call) -> list[PromotionSummary]:
    """List my pending approvals.

    What the caller may approve now and has not voted on, oldest request first. Separation of duties and
    approver groups are applied. Empty for service accounts, which never vote.
    """
    return [summary_of(promotion) for promotion in await call.countersign.reading.pending_approvals(call.actor)]


async def _shown(call: Call, id: UUID) -> PromotionShown:
    return promotion_of(await call.countersign.reading.promotion(call.actor, id))


async def _evaluated(call: Call, promotion: Promotion, seconds: int) -> None:
    """Wait for the first evaluation, but not for longer. What is not done by then goes on."""
    evaluation = call.countersign.evaluating.evaluate(promotion.id, call.actor.correlation_id, first=True)
    work = asyncio.create_task(evaluation)
    _UNDER_WAY.add(work)
    work.add_done_callback(_ended)
    await asyncio.wait({work}, timeout=seconds)


def _ended(work: asyncio.Task[Promotion | None]) -> None:
    _UNDER_WAY.discard(work)
    if not work.cancelled() and (error := work.exception()):
        # The promotion is stored and its errand waits in the outbox, so this is a delay and no failure.
        problem = error.message if isinstance(error, UnavailableError) else type(error).__name__
        _log.warning("the first evaluation did not work", problem=problem)


_UNDER_WAY: set[asyncio.Task[Promotion | None]] = set()
"""The event loop itself holds tasks only weakly."""

ENDPOINTS = (
    Endpoint(
        "POST",
        f"{BASE}/promotions",
        create_promotion,
        TAG,
        201,
        needs="requester",
        errors=("not_found", "promotion_already_open", "signing_unavailable"),
        takes_wait=True,
    ),
    Endpoint("GET", f"{BASE}/promotions", list_promotions, TAG, needs="reader"),
    Endpoint("POST", f"{BASE}/promotions/preview-gates", preview_gates, TAG, needs="reader", errors=("not_found",)),
    Endpoint("GET", f"{BASE}/promotions/{{id}}", get_promotion, TAG, needs="reader"),
    Endpoint(
        "POST",
        f"{BASE}/promotions/{{id}}/deployment",
        report_deployment,
        TAG,
        needs="a service account with deployer",
        errors=("transition_not_allowed",),
    ),
    Endpoint("GET", f"{BASE}/my/pending-approvals", my_pending_approvals, TAG, needs="reader"),
)
