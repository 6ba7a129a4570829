"""The custom steps of Slack's Workflow Builder: "Request a promotion" and "Wait for its decision".

Whose request is it? Whoever builds a workflow writes the inputs of its steps. Were the requester an input of the type
`user_id`, its author could ask in anybody's name and then approve it, and separation of duties would be void. Slack's
`user_context` cannot be set by the author and is authenticated by Slack, so it says who has used the workflow, but not
what that person was shown: a button "I want coffee" may hand its presser's context to a step that asks for production.
So nothing is asked for before the person has been told, by us and in private, what exactly would be asked for in their
name, and has pressed a button of ours under it: the same proof that every other request from Slack rests on. Who
built the workflow then does not matter, and neither does how the person's id came into the payload: the worst that a
forged one brings about is a question.

Waiting needs nobody's right: a promotion's id is a random number that is told to those who may read about it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from core.app.authorise import require_right
from core.app.finding import found
from core.app.journal import Journal
from core.app.outbox import Errand
from core.app.ports import Ports, Store
from core.app.preparing import open_promotion
from core.app.requesting import Requesting, RequestPromotion
from core.app.sealing import write_sealed
from core.app.steps import StepKind, WorkflowStep, in_words
from core.domain.people import SYSTEM, Actor, Right
from core.domain.promotion import Promotion
from core.domain.text import checked_text
from core.errors import (
    ConflictError,
    DomainError,
    ForbiddenError,
    NotAVoterError,
    PromotionAlreadyOpenError,
    StaleVersionError,
    UnavailableError,
)

CONFIRM_WITHIN = timedelta(hours=24)
"""How long a person may take to confirm; then the step fails."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a step, as Slack names it."""

    team: str
    id: str


class Workflows:
    """Keeps steps until they are answered. Each run is kept once, however often Slack delivers it."""

    def __init__(self, ports: Ports, requesting: Requesting) -> None:
        self._ports = ports
        self._requesting = requesting

    async def ask(self, actor: Actor, execution: Execution, command: RequestPromotion) -> None:
        """Have the person asked whether this is to be requested in their name.

        Raises NotAVoterError, ForbiddenError, NotFoundError, InvalidError, PromotionAlreadyOpenError: what could not be
        requested now is not worth a question.
        """
        step = self._step(execution, StepKind.REQUEST)
        await self._write(lambda store: self._ask(store, actor, step, command))

    async def wait(self, execution: Execution, promotion_id: UUID) -> None:
        """Have the step end when the promotion is decided; at once where it is. Raises NotFoundError."""
        step = replace(self._step(execution, StepKind.WAIT), promotion_id=promotion_id)
        await self._write(lambda store: self._wait(store, step))

    async def refuse(self, execution: Execution, kind: StepKind, why: str) -> None:
        """Have the step fail with these words."""
        step = replace(self._step(execution, kind), refusal=why)
        await self._write(lambda store: self._start(store, step))

    async def confirm(self, actor: Actor, step_id: UUID) -> Promotion:
        """Request what the step asks for, in the name of the person who confirms; a second time gives the same.

        Raises NotFoundError, ForbiddenError for anybody else, ConflictError where it is too late, and what a request
        raises: then the step fails with the same words.
        """
        outcome = await write_sealed(self._ports, lambda ports, store: self._confirm(ports, store, actor, step_id))
        self._ports.wake()
        if isinstance(outcome, DomainError):
            raise outcome
        return outcome

    async def decline(self, actor: Actor, step_id: UUID) -> None:
        """Request nothing, and have the step fail. Raises NotFoundError, ForbiddenError, ConflictError."""

        def body(store: Store) -> None:
            step = _of(store, actor, step_id)
            if step.promotion_id is not None:
                raise ConflictError("You have confirmed this already", hint="Cancel the promotion instead.")
            if step.is_unanswered:
                self._fail(store, step, f"{actor.ref.name} did not want this to be requested.")

        await self._write(body)

    async def lapse(self) -> int:
        """Have steps fail that nobody has confirmed in time, and say how many."""
        limit = self._ports.clock() - CONFIRM_WITHIN

        def body(store: Store) -> int:
            late = store.steps.unanswered_since(limit)
            for step in late:
                self._fail(store, step, _TOO_LATE)
            return len(late)

        if not await self._ports.transactions.read(lambda store: store.steps.unanswered_since(limit)):
            return 0
        return await self._write(body)

    async def fail(self, step_id: UUID, why: str) -> WorkflowStep:
        """Have a step fail that cannot be answered otherwise; one that is answered stays so."""

        def body(store: Store) -> WorkflowStep:
            step = found(store.steps.get(step_id), "workflow step", step_id)
            return self._fail(store, step, why) if step.is_unanswered else step

        return await self._write(body)

    async def end(self, step_id: UUID) -> None:
        """Slack has taken the answer, or will never take it."""

        def body(store: Store) -> None:
            step = found(store.steps.get(step_id), "workflow step", step_id)
            store.steps.put(replace(step, ended_at=self._ports.clock()))

        await self._ports.transactions.write(body)

    def _ask(self, store: Store, actor: Actor, step: WorkflowStep, command: RequestPromotion) -> None:
        require_right(store, actor, Right.REQUESTER)
        if not actor.is_person:
            raise NotAVoterError("Only people request promotions in a workflow")
        release = found(store.releases.get(command.release_id), "release", command.release_id)
        wanted = command.target_environment_id
        target = found(store.environments.get(wanted), "environment", wanted)
        reason = checked_text(command.reason, "reason")
        if open_promotion(store, release, target, step.started_at):
            raise PromotionAlreadyOpenError(
                f"{release.name} already has an open promotion to {target.name}",
                hint="Wait for its decision, or cancel it first.",
            )
        asked = replace(step, person_id=actor.ref.id, release_id=release.id, environment_id=target.id, reason=reason)
        self._start(store, asked)

    def _wait(self, store: Store, step: WorkflowStep) -> None:
        # The lock on the promotion keeps its decision from passing by before the step is stored.
        wanted = step.promotion_id or step.id
        found(store.promotions.get(wanted), "promotion", wanted)
        self._start(store, step)

    def _confirm(self, ports: Ports, store: Store, actor: Actor, step_id: UUID) -> Promotion | DomainError:
        step = _of(store, actor, step_id)
        if step.promotion_id is not None:
            return found(store.promotions.get(step.promotion_id), "promotion", step.promotion_id)
        if step.is_unanswered and step.started_at + CONFIRM_WITHIN <= self._ports.clock():
            step = self._fail(store, step, _TOO_LATE)
        if step.refusal:
            return ConflictError(f"It is too late to confirm this. {step.refusal}", hint="Use the workflow again.")
        if step.release_id is None or step.environment_id is None:
            return ConflictError("This step asks for nothing", hint="Use the workflow again.")
        command = RequestPromotion(step.release_id, step.environment_id, step.reason)
        try:
            promotion = self._requesting.request_within(ports, store, actor, command)
        except (UnavailableError, StaleVersionError):
            raise
        except DomainError as refusal:
            self._fail(store, step, in_words(refusal))
            return refusal
        store.steps.put(replace(step, promotion_id=promotion.id))
        self._tell(store, step)
        return promotion

    def _fail(self, store: Store, step: WorkflowStep, why: str) -> WorkflowStep:
        failed = replace(step, refusal=why)
        store.steps.put(failed)
        self._tell(store, step)
        return failed

    def _start(self, store: Store, step: WorkflowStep) -> None:
        if store.steps.add(step):
            self._tell(store, step)

    def _tell(self, store: Store, step: WorkflowStep) -> None:
        Journal(store, SYSTEM, self._ports.clock()).tell(step.id, Errand.STEP)

    def _step(self, execution: Execution, kind: StepKind) -> WorkflowStep:
        return WorkflowStep(self._ports.new_id(), execution.team, execution.id, kind, self._ports.clock())

    async def _write(self, body: Callable[[Store], T]) -> T:
        outcome = await self._ports.transactions.write(body)
        self._ports.wake()
        return outcome


_TOO_LATE = "Nobody confirmed the request within a day."


def _of(store: Store, actor: Actor, step_id: UUID) -> WorkflowStep:
    """The step, for the person who was asked and for nobody else."""
    step = found(store.steps.get(step_id), "workflow step", step_id)
    if not actor.is_person or step.person_id is None or step.person_id != actor.ref.id:
        raise ForbiddenError("Only the person in whose name it would be requested can answer this")
    return step
