"""Which errand is run by what, with and without a workspace."""

from __future__ import annotations

from collections.abc import Mapping

from bot.gateways.deployers import DeployWebhook
from bot.gateways.gate_services import GateServices
from bot.metrics import Metrics
from bot.workers.delivery import SlackDelivery
from bot.workers.lane import Runner
from core.app.countersign import Countersign
from core.app.outbox import Errand, OutboxEntry
from core.domain.decision import Decision, decision_of
from core.domain.promotion import Status


def runners(
    countersign: Countersign,
    slack: SlackDelivery | None,
    webhook: DeployWebhook | None,
    metrics: Metrics,
    services: GateServices | None = None,
) -> Mapping[Errand, Runner]:
    """The runner of each errand; without a workspace or a webhook theirs have nothing to do."""

    async def evaluate(entry: OutboxEntry) -> None:
        await countersign.evaluating.evaluate(entry.subject_id, entry.correlation_id, first=entry.was_asked_once)

    async def tell(entry: OutboxEntry) -> None:
        if webhook:
            await webhook.tell(entry)
        promotion = await countersign.ports.transactions.read(lambda store: store.promotions.get(entry.subject_id))
        if promotion:
            # What was approved may be deployed by the time that the pipeline could be told.
            is_denied = decision_of(promotion) is Decision.DENY
            metrics.decisions.labels(promotion.outcome if is_denied else Status.APPROVED.value).inc()

    async def usergroups(entry: OutboxEntry) -> None:
        await countersign.syncing.sync(entry.correlation_id)

    always: dict[Errand, Runner] = {Errand.EVALUATE: evaluate, Errand.WEBHOOK: tell}
    if services:
        always[Errand.ASK] = services.ask
    if slack is None:
        return always
    steps = slack.steps(countersign.workflows, metrics)
    return {**slack.runners(), **steps, Errand.USERGROUPS: usergroups, **always}
