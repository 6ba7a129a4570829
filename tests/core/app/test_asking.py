"""Questions to the requester, and reminders: who may, how often, and what is left behind."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from core.app.asking import MAX_QUESTION, AskQuestion
from core.app.outbox import Errand
from core.domain.events import Action
from core.domain.quiet import QuietHours
from core.errors import (
    AlreadyDecidedError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    RemindedLatelyError,
    TransitionError,
)
from tests.core.app.room import Room


async def test_a_question_stands_in_the_audit_log_and_goes_to_the_thread(room: Room) -> None:
    promotion = await room.awaiting()
    room.run_errands()
    await room.countersign.asking.ask(room.actor("olga"), AskQuestion(promotion.id, " Is the database ready? "))
    entry = room.memory.tables.audit[-1]
    assert (entry.action, entry.actor.name) == (Action.QUESTION_ASKED, "Olga")
    assert entry.details == {"question": "Is the database ready?"}
    assert room.errands() == {(Errand.CARD, promotion.id)}


@pytest.mark.parametrize("question", ["", " \n", "x" * (MAX_QUESTION + 1), "a\0b"])
async def test_a_question_must_be_one(room: Room, question: str) -> None:
    promotion = await room.awaiting()
    with pytest.raises(InvalidError) as caught:
        await room.countersign.asking.ask(room.actor("bob"), AskQuestion(promotion.id, question))
    assert caught.value.field == "question"


async def test_what_is_decided_needs_no_question_and_no_reminder(room: Room) -> None:
    promotion = await room.approved()
    with pytest.raises(AlreadyDecidedError):
        await room.countersign.asking.ask(room.actor("bob"), AskQuestion(promotion.id, "why?"))
    with pytest.raises(AlreadyDecidedError):
        await room.countersign.asking.remind(room.actor("alice"), promotion.id)


async def test_one_that_ran_out_unnoticed_is_over(room: Room) -> None:
    promotion = await room.awaiting()
    room.clock.advance(hours=25)
    with pytest.raises(AlreadyDecidedError):
        await room.countersign.asking.remind(room.actor("alice"), promotion.id)


@pytest.mark.parametrize("who", ["alice", "carol", "ann"])
async def test_requester_approvers_and_admins_remind_those_who_have_not_voted(room: Room, who: str) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    told = await room.countersign.asking.remind(room.actor(who), promotion.id)
    assert {person.name for person in told.people} == {"Carol", "Dave", "Sam"}
    assert told.held == ()
    assert room.memory.tables.audit[-1].details["to"] == [str(person.id) for person in told.people]
    assert {(Errand.DESK, person.id) for person in told.people} <= room.errands()


async def test_who_wants_peace_is_named_and_left_in_it(room: Room) -> None:
    promotion = await room.awaiting()
    await room.countersign.notifying.quiet(room.actor("carol"), QuietHours(time(8), time(11)), "UTC")
    await room.countersign.notifying.snooze(room.actor("dave"), timedelta(hours=1))
    told = await room.countersign.asking.remind(room.actor("alice"), promotion.id)
    assert {person.name for person in told.held} == {"Carol", "Dave"}
    assert {person.name for person in told.people} == {"Bob", "Carol", "Dave", "Sam"}


async def test_nobody_else_reminds(room: Room) -> None:
    promotion = await room.awaiting()
    with pytest.raises(ForbiddenError, match="Only the requester, the approvers"):
        await room.countersign.asking.remind(room.actor("olga"), promotion.id)


async def test_once_an_hour_whoever_asks(room: Room) -> None:
    promotion = await room.awaiting()
    await room.countersign.asking.remind(room.actor("alice"), promotion.id)
    room.clock.advance(minutes=59, seconds=59)
    with pytest.raises(RemindedLatelyError) as caught:
        await room.countersign.asking.remind(room.actor("ann"), promotion.id)
    available = (room.clock.now + timedelta(seconds=1)).isoformat().replace("+00:00", "Z")
    assert caught.value.params["availableAt"] == available
    room.clock.advance(seconds=1)
    assert await room.countersign.asking.remind(room.actor("ann"), promotion.id)


async def test_nobody_is_reminded_while_gates_block_or_nobody_may(room: Room) -> None:
    room.switch.passes = False
    pending = await room.awaiting()
    with pytest.raises(TransitionError):
        await room.countersign.asking.remind(room.actor("alice"), pending.id)
    room.switch.passes = True
    await room.evaluate(pending.id)
    await room.members(room.managers)
    await room.members(room.sres)
    with pytest.raises(ConflictError, match="Nobody can approve"):
        await room.countersign.asking.remind(room.actor("alice"), pending.id)
