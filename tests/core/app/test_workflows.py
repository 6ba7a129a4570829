"""Steps of workflows: nobody's name is used without that person's word, and every step gets one answer."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from core.app.outbox import Errand
from core.app.requesting import RequestPromotion
from core.app.steps import StepKind, WorkflowStep
from core.app.workflows import CONFIRM_WITHIN, Execution
from core.domain.people import Actor
from core.domain.promotion import Status
from core.errors import (
    AlreadyDecidedError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotAVoterError,
    NotFoundError,
    PromotionAlreadyOpenError,
    SeparationOfDutiesError,
)
from tests.core.app.broken import BrokenError, BrokenTransactions
from tests.core.app.room import Room
from tests.support.clock import nth_id

RUN = Execution("T01", "Fx1")


def wanted(room: Room, reason: str = "Fixes the login") -> RequestPromotion:
    return RequestPromotion(room.release.id, room.production.id, reason)


def steps(room: Room) -> list[WorkflowStep]:
    return list(room.memory.tables.steps.values())


def due(room: Room) -> set[UUID]:
    """The steps that are to be answered."""
    return {subject for errand, subject in room.errands() if errand is Errand.STEP}


async def asked(room: Room, who: str = "alice", run: Execution = RUN) -> WorkflowStep:
    await room.countersign.workflows.ask(room.actor(who, "slack"), run, wanted(room))
    return steps(room)[-1]


async def test_asking_requests_nothing(room: Room) -> None:
    step = await asked(room)
    assert step.is_unanswered
    assert (step.person_id, step.reason) == (room.people["alice"].id, "Fixes the login")
    assert room.memory.tables.promotions == {}
    assert due(room) == {step.id}
    assert room.woken


async def test_the_person_confirms_and_is_the_requester(room: Room) -> None:
    step = await asked(room)
    promotion = await room.countersign.workflows.confirm(room.actor("alice", "slack"), step.id)
    assert promotion.requested_by == room.actor("alice").ref
    assert (promotion.reason, promotion.status) == ("Fixes the login", Status.PENDING)
    assert steps(room)[0].promotion_id == promotion.id
    again = await room.countersign.workflows.confirm(room.actor("alice", "slack"), step.id)
    assert again == promotion
    assert len(room.memory.tables.promotions) == 1


async def test_whoever_confirmed_is_kept_apart_from_approving(room: Room) -> None:
    step = await asked(room)
    promotion = await room.countersign.workflows.confirm(room.actor("alice", "slack"), step.id)
    await room.evaluate(promotion.id)
    with pytest.raises(SeparationOfDutiesError):
        await room.approve("alice", promotion.id)


@pytest.mark.parametrize("who", ["bob", "ann"])
async def test_nobody_else_answers_in_their_name(room: Room, who: str) -> None:
    step = await asked(room)
    for act in (room.countersign.workflows.confirm, room.countersign.workflows.decline):
        with pytest.raises(ForbiddenError):
            await act(room.actor(who, "slack"), step.id)
    with pytest.raises(ForbiddenError):
        await room.countersign.workflows.confirm(room.ci, step.id)
    assert steps(room) == [step]
    assert room.memory.tables.promotions == {}


async def test_declining_fails_the_step_for_good(room: Room) -> None:
    step = await asked(room)
    alice = room.actor("alice", "slack")
    await room.countersign.workflows.decline(alice, step.id)
    await room.countersign.workflows.decline(alice, step.id)
    assert steps(room)[0].refusal == "Alice did not want this to be requested."
    with pytest.raises(ConflictError, match="too late"):
        await room.countersign.workflows.confirm(alice, step.id)
    assert room.memory.tables.promotions == {}


async def test_what_was_confirmed_is_not_declined(room: Room) -> None:
    step = await asked(room)
    alice = room.actor("alice", "slack")
    await room.countersign.workflows.confirm(alice, step.id)
    with pytest.raises(ConflictError, match="confirmed this already"):
        await room.countersign.workflows.decline(alice, step.id)


async def test_a_step_is_kept_once_however_often_it_is_delivered(room: Room) -> None:
    step = await asked(room)
    await asked(room)
    await room.countersign.workflows.refuse(RUN, StepKind.REQUEST, "too late")
    assert steps(room) == [step]
    other = await asked(room, run=Execution("T02", "Fx1"))
    assert other.id != step.id


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"who": "olga"}, ForbiddenError),
        ({"release_id": nth_id(9)}, NotFoundError),
        ({"target_environment_id": nth_id(9)}, NotFoundError),
        ({"reason": "x" * 10_001}, InvalidError),
    ],
)
async def test_what_could_not_be_requested_is_not_asked(room: Room, change: dict[str, object], refused: type) -> None:
    fields = {"release_id": room.release.id, "target_environment_id": room.production.id, "reason": ""} | change
    who = str(fields.pop("who", "alice"))
    with pytest.raises(refused):
        await room.countersign.workflows.ask(room.actor(who, "slack"), RUN, RequestPromotion(**fields))  # type: ignore[arg-type]
    assert steps(room) == []


async def test_programs_do_not_use_workflows(room: Room) -> None:
    with pytest.raises(NotAVoterError):
        await room.countersign.workflows.ask(room.ci, RUN, wanted(room))


async def test_an_open_promotion_is_in_the_way_at_once_and_when_confirming(room: Room) -> None:
    step = await asked(room)
    await room.request()
    with pytest.raises(PromotionAlreadyOpenError):
        await asked(room, run=Execution("T01", "Fx2"))
    with pytest.raises(PromotionAlreadyOpenError):
        await room.countersign.workflows.confirm(room.actor("alice", "slack"), step.id)
    assert "already has an open promotion" in steps(room)[0].refusal
    assert len(room.memory.tables.promotions) == 1


async def test_a_right_taken_away_meanwhile_counts(room: Room) -> None:
    step = await asked(room)
    await room.change("alice", roles=frozenset())
    with pytest.raises(ForbiddenError):
        await room.countersign.workflows.confirm(room.actor("alice", "slack"), step.id)
    assert "role requester" in steps(room)[0].refusal


async def test_nobody_confirms_after_a_day(room: Room) -> None:
    step = await asked(room)
    assert await room.countersign.workflows.lapse() == 0
    room.clock.advance(seconds=CONFIRM_WITHIN.total_seconds())
    with pytest.raises(ConflictError, match="too late"):
        await room.countersign.workflows.confirm(room.actor("alice", "slack"), step.id)
    assert "within a day" in steps(room)[0].refusal


async def test_time_fails_what_nobody_confirmed(room: Room) -> None:
    late = await asked(room)
    room.clock.advance(seconds=timedelta(hours=23).total_seconds())
    fresh = await asked(room, run=Execution("T01", "Fx2"))
    room.clock.advance(seconds=timedelta(hours=2).total_seconds())
    room.run_errands()
    assert await room.countersign.workflows.lapse() == 1
    assert due(room) == {late.id}
    assert room.memory.tables.steps[fresh.id].is_unanswered
    assert await room.countersign.workflows.lapse() == 0


@pytest.mark.parametrize("broken", ["promotions.add", "steps.put", "audit.add", "outbox.put"])
async def test_a_request_and_its_step_are_stored_together_or_not_at_all(room: Room, broken: str) -> None:
    step = await asked(room)
    before = room.memory.tables.copy()
    room.use(BrokenTransactions(room.memory, broken))
    with pytest.raises(BrokenError):
        await room.countersign.workflows.confirm(room.actor("alice", "slack"), step.id)
    assert room.memory.tables == before


async def waiting(room: Room, promotion_id: UUID, run: Execution = RUN) -> WorkflowStep:
    await room.countersign.workflows.wait(run, promotion_id)
    step = steps(room)[-1]
    room.run_errands()
    return step


async def reject(room: Room, id: UUID) -> None:
    await room.reject("bob", id)


async def approve(room: Room, id: UUID) -> None:
    await room.approve("bob", id)
    await room.approve("carol", id)


async def cancel(room: Room, id: UUID) -> None:
    await room.cancel("alice", id)


async def expire(room: Room, _id: UUID) -> None:
    room.clock.advance(hours=25)
    await room.countersign.deciding.expire_due()


@pytest.mark.parametrize("decide", [approve, reject, cancel, expire])
async def test_every_way_to_decide_has_the_waiting_steps_answered(room: Room, decide: object) -> None:
    promotion = await room.awaiting()
    ours = {(await waiting(room, promotion.id, Execution("T01", f"Fx{n}"))).id for n in range(3)}
    await room.approve("dave", promotion.id) if decide is reject else None
    assert due(room) == set()
    await decide(room, promotion.id)  # type: ignore[operator]
    assert due(room) == ours


async def test_what_was_superseded_is_answered_too(room: Room) -> None:
    older = await room.awaiting()
    step = await waiting(room, older.id)
    room.clock.advance(minutes=1)
    newer = await room.awaiting(release=await room.a_release_with_scan("1.5.0"))
    room.run_errands()
    await approve(room, newer.id)
    assert due(room) == {step.id}


async def test_a_step_is_looked_at_as_soon_as_it_waits_and_not_after_it_has_ended(room: Room) -> None:
    promotion = await room.awaiting()
    await room.countersign.workflows.wait(RUN, promotion.id)
    (step,) = steps(room)
    assert due(room) == {step.id}
    await room.countersign.workflows.end(step.id)
    room.run_errands()
    await room.reject("bob", promotion.id)
    assert due(room) == set()


async def test_nobody_waits_for_what_does_not_exist(room: Room) -> None:
    with pytest.raises(NotFoundError):
        await room.countersign.workflows.wait(RUN, nth_id(404))
    assert steps(room) == []


async def test_a_decision_and_its_answer_are_stored_together(room: Room) -> None:
    promotion = await room.awaiting()
    await waiting(room, promotion.id)
    before = room.memory.tables.copy()
    room.use(BrokenTransactions(room.memory, "outbox.put"))
    with pytest.raises(BrokenError):
        await room.reject("bob", promotion.id)
    assert room.memory.tables == before


async def test_only_what_is_unanswered_can_be_failed(room: Room) -> None:
    step = await asked(room)
    failed = await room.countersign.workflows.fail(step.id, "No way to ask")
    assert failed.refusal == "No way to ask"
    assert (await room.countersign.workflows.fail(step.id, "Another reason")).refusal == "No way to ask"


async def test_a_decided_promotion_stays_so_whatever_waits(room: Room) -> None:
    promotion = await room.approved()
    await room.countersign.workflows.wait(RUN, promotion.id)
    with pytest.raises(AlreadyDecidedError):
        await room.cancel(actor(room), promotion.id)
    assert due(room) == {steps(room)[0].id}


def actor(room: Room) -> Actor:
    return room.actor("alice", "slack")
