"""Answering steps of workflows, and asking the people whom they need.

A step is answered once it can be: then Slack is told, and that it was is stored. A program that was killed in between
tells Slack again, which says that the run has its answer. What Slack refuses for another reason is tried for an hour;
while Slack cannot be reached, for as long as it takes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from slack_sdk.errors import SlackApiError

from bot.gateways.slack_client import NotNowError, slack_error
from bot.gateways.slack_steps import FOR_NOW, GONE, SlackSteps
from bot.metrics import Metrics
from bot.slack.views.step import AskedStep, Outputs, decision_outputs, requested_outputs, step_message
from bot.workers.lane import Runner
from bot.workers.places import Directs
from bot.workers.posting import Poster
from core.app.outbox import Errand, OutboxEntry, SentMessage
from core.app.ports import Ports, Store
from core.app.steps import StepKind, WorkflowStep
from core.app.workflows import Workflows
from core.domain.people import Person
from core.domain.promotion import Promotion

GIVE_UP = timedelta(hours=1)
FOR_THE_CARD = timedelta(seconds=20)
"""How long the answer to a request waits for the card that it links to."""
UNREACHABLE = "You have no Slack account here that can be written to, so you cannot be asked whether to request this."
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an answer is made of."""

    promotion: Promotion
    evidence_hash: str
    card: SentMessage | None
    awaits_card: bool
    user: str


class StepDelivery:
    """Brings one step to its end. May run any number of times, at any time."""

    def __init__(
        self,
        steps: SlackSteps,
        poster: Poster,
        directs: Directs,
        *,
        workflows: Workflows,
        ports: Ports,
        metrics: Metrics,
    ) -> None:
        self._steps = steps
        self._poster = poster
        self._directs = directs
        self._workflows = workflows
        self._ports = ports
        self._metrics = metrics

    def runners(self) -> Mapping[Errand, Runner]:
        """Which method runs which errand."""
        return {Errand.STEP: self.step}

    async def step(self, entry: OutboxEntry) -> None:
        """Ask, answer, and show the person what came of it."""
        step = await self._ports.transactions.read(lambda store: store.steps.get(entry.subject_id))
        if step is None:
            return
        if step.is_unanswered and not await self._shown(step):
            step = await self._workflows.fail(step.id, UNREACHABLE)
        try:
            if step.ended_at is None and (result := await self._answered(step, entry)):
                await self._workflows.end(step.id)
                self._metrics.workflow_steps.labels(step.kind.value, result).inc()
        finally:
            # Whoever has pressed a button sees so at once, also where the answer waits for the card.
            if not step.is_unanswered:
                await self._shown(step)

    async def _answered(self, step: WorkflowStep, entry: OutboxEntry) -> str:
        """Tell Slack how the step ended, where it has; gives what Slack made of that."""
        if step.refusal:
            return await self._told("failed", self._steps.fail(step.team, step.execution_id, step.refusal), entry)
        facts = await self._ports.transactions.read(lambda store: _facts(store, step))
        outputs = await self._outputs(step, facts, entry) if facts else None
        if outputs is None:
            return ""
        return await self._told("completed", self._steps.succeed(step.team, step.execution_id, outputs), entry)

    async def _outputs(self, step: WorkflowStep, facts: _Facts, entry: OutboxEntry) -> Outputs | None:
        if step.kind is StepKind.REQUEST:
            return requested_outputs(facts.promotion, await self._link(step, facts, entry), facts.user)
        return decision_outputs(facts.promotion, facts.evidence_hash) if facts.evidence_hash else None

    async def _link(self, step: WorkflowStep, facts: _Facts, entry: OutboxEntry) -> str:
        """The link to the card, which is about to be posted; empty where there is none."""
        if facts.card:
            return await self._steps.link_to(facts.card.team or step.team, facts.card.channel, facts.card.ts)
        now = self._ports.clock()
        if facts.awaits_card and now - entry.created_at < FOR_THE_CARD:
            raise NotNowError("The card of the promotion is not there yet", now + timedelta(seconds=1))
        return ""

    async def _told(self, result: str, telling: Awaitable[None], entry: OutboxEntry) -> str:
        try:
            await telling
        except SlackApiError as error:
            word = slack_error(error)
            if word in GONE:
                _log.info("a workflow step needs no answer any more", step=str(entry.subject_id), reason=word)
                return "gone"
            if word in FOR_NOW or self._ports.clock() - entry.created_at < GIVE_UP:
                raise
            _log.error("a workflow step is given up: Slack takes no answer", step=str(entry.subject_id), reason=word)
            return "given_up"
        return result

    async def _shown(self, step: WorkflowStep) -> bool:
        """Bring the person's direct message up to date; False where there is nobody to write to."""
        asked, person = await self._ports.transactions.read(lambda store: _asked(store, step.id))
        place = await self._directs.place_in(step.team, person) if person else None
        if asked is None or place is None:
            return False
        await self._poster.show(f"step:{step.id}", step.id, place, step_message(asked))
        return True


def _facts(store: Store, step: WorkflowStep) -> _Facts | None:
    promotion = store.promotions.get(step.promotion_id) if step.promotion_id else None
    if promotion is None:
        return None
    card, packet = store.sent.get(f"card:{promotion.id}"), store.evidence.of(promotion.id)
    environment = store.environments.get(promotion.target.id)
    requester = store.people.get(step.person_id) if step.person_id else None
    accounts = requester.slack if requester else ()
    return _Facts(
        promotion,
        packet.content_hash if packet else "",
        card if card and card.ts else None,
        bool(environment and environment.slack_channel),
        next((account.user for account in accounts if account.team == step.team), ""),
    )


def _asked(store: Store, step_id: UUID) -> tuple[AskedStep | None, Person | None]:
    step = store.steps.get(step_id)
    if step is None or step.person_id is None:
        return None, None
    release = store.releases.get(step.release_id) if step.release_id else None
    environment = store.environments.get(step.environment_id) if step.environment_id else None
    promotion = store.promotions.get(step.promotion_id) if step.promotion_id else None
    asked = AskedStep(step, release.name if release else "", environment.name if environment else "", promotion)
    return asked, store.people.get(step.person_id)
