from __future__ import annotations

from typing import Any

import pytest

from core.app.consulting import MESSAGE_MAX, AnswerQuestion, Heard, Inquiry, readable
from core.app.outbox import Errand
from core.domain.events import Action
from core.domain.promotion import Promotion, Status
from core.errors import DomainError, InvalidError
from core.gates.naming import PARTS_MAX
from tests.core.app.room import Room
from tests.support.clock import nth_id

URL = "https://change.example.com/ask"


async def asking(room: Room, **service: Any) -> Promotion:
    """A promotion that waits for the change board."""
    settings = {"services": [{"name": "change-board", "url": URL, **service}]}
    await room.gates_of(room.production, {"webhook-gate": settings})
    return await room.awaiting()


async def begun(room: Room, promotion: Promotion) -> Inquiry:
    (inquiry,) = await room.countersign.consulting.begin(promotion.id)
    return inquiry


async def answer(room: Room, inquiry: Inquiry, passed: bool = True, **changes: Any) -> str:
    given: dict[str, Any] = {"question_id": inquiry.question.id, "token": inquiry.token, "passed": passed, **changes}
    try:
        await room.countersign.consulting.answer(AnswerQuestion(**given))
    except DomainError as refusal:
        return refusal.code
    return ""


async def test_a_promotion_whose_services_were_not_asked_leaves_the_errand_to_ask(room: Room) -> None:
    promotion = await asking(room)

    assert promotion.status is Status.PENDING
    assert promotion.gates[0].message == "change-board is being asked"
    assert (Errand.ASK, promotion.id) in room.errands()


async def test_an_answer_at_once_has_the_promotion_looked_at_again_and_go_on(room: Room) -> None:
    promotion = await asking(room)
    inquiry = await begun(room, promotion)
    room.run_errands()

    await room.countersign.consulting.heard(inquiry.question.id, Heard(True, "CHG-7 approved"), "c-1")

    assert room.errands() == {(Errand.EVALUATE, promotion.id)}
    evaluated = await room.evaluate(promotion.id)
    assert evaluated is not None
    assert (evaluated.status, evaluated.gates[0].message) == (
        Status.AWAITING_APPROVAL,
        "change-board agrees: CHG-7 approved",
    )
    entry = next(each for each in room.memory.tables.audit if each.action is Action.GATE_ANSWERED)
    assert (entry.actor.name, entry.details["passed"], entry.correlation_id) == ("change-board", True, "c-1")


async def test_what_is_answered_is_not_asked_again(room: Room) -> None:
    promotion = await asking(room)
    inquiry = await begun(room, promotion)
    await room.countersign.consulting.heard(inquiry.question.id, Heard(True))
    await room.evaluate(promotion.id)
    room.run_errands()

    await room.evaluate(promotion.id)

    assert await room.countersign.consulting.begin(promotion.id) == ()
    assert room.errands() == set()


async def test_a_service_that_will_answer_later_is_not_asked_again_and_answers_with_its_token(room: Room) -> None:
    promotion = await asking(room)
    inquiry = await begun(room, promotion)
    await room.countersign.consulting.heard(inquiry.question.id, Heard())

    assert await room.countersign.consulting.begin(promotion.id) == ()
    evaluated = await room.evaluate(promotion.id)
    assert evaluated is not None
    assert evaluated.gates[0].message == "Waiting for change-board"
    assert await answer(room, inquiry) == ""
    evaluated = await room.evaluate(promotion.id)
    assert evaluated is not None
    assert evaluated.status is Status.AWAITING_APPROVAL


async def test_after_a_failure_the_same_question_is_asked_with_a_new_token_and_both_tokens_hold(room: Room) -> None:
    promotion = await asking(room)
    first = await begun(room, promotion)
    await room.countersign.consulting.heard(first.question.id, Heard(problem="it answered 500"))
    evaluated = await room.evaluate(promotion.id)
    assert evaluated is not None
    assert evaluated.gates[0].message == "change-board gave no answer: it answered 500; it is asked again"

    second = await begun(room, promotion)

    assert second.question.id == first.question.id
    assert second.token != first.token
    assert await answer(room, first, passed=False) == "", "the call may have arrived though its answer was lost"
    evaluated = await room.evaluate(promotion.id)
    assert evaluated is not None
    assert evaluated.gates[0].message == "change-board refuses"


async def test_an_answer_is_given_once(room: Room) -> None:
    promotion = await asking(room)
    inquiry = await begun(room, promotion)
    await answer(room, inquiry, passed=False)

    assert await answer(room, inquiry, passed=True) == "conflict"
    await room.countersign.consulting.heard(inquiry.question.id, Heard(True))
    (question,) = room.memory.tables.questions.values()
    assert question.passed is False


@pytest.mark.parametrize("change", [{"token": "wrong"}, {"token": ""}, {"question_id": nth_id(77)}])
async def test_without_the_token_of_the_question_nobody_answers(room: Room, change: dict[str, Any]) -> None:
    promotion = await asking(room)
    inquiry = await begun(room, promotion)
    before = room.memory.tables.copy()

    assert await answer(room, inquiry, **change) == "not_found"
    assert room.memory.tables == before


async def test_a_token_is_good_for_its_own_question_only(room: Room) -> None:
    promotion = await asking(room)
    inquiry = await begun(room, promotion)
    other = await room.awaiting(release=await room.a_release_with_scan("1.5.0"))
    elsewhere = await begun(room, other)

    assert await answer(room, elsewhere, token=inquiry.token) == "not_found"


async def test_the_token_is_kept_as_a_hash(room: Room) -> None:
    inquiry = await begun(room, await asking(room))
    assert inquiry.token not in repr(room.memory.tables)


async def test_after_the_decision_an_answer_comes_too_late(room: Room) -> None:
    promotion = await asking(room)
    inquiry = await begun(room, promotion)
    await room.reject("bob", promotion.id)

    assert await answer(room, inquiry) == "already_decided"
    assert await room.countersign.consulting.begin(promotion.id) == ()


async def test_an_answer_that_is_too_old_is_asked_for_again_as_a_new_question(room: Room) -> None:
    promotion = await asking(room, maxAgeMinutes=60)
    first = await begun(room, promotion)
    await answer(room, first)
    await room.evaluate(promotion.id)
    room.run_errands()
    room.clock.advance(hours=1)

    evaluated = await room.evaluate(promotion.id)

    assert evaluated is not None
    assert evaluated.gates[0].blocking
    assert (Errand.ASK, promotion.id) in room.errands()
    second = await begun(room, promotion)
    assert second.question.id != first.question.id
    assert await answer(room, first) == "not_found", "the old question is over"


async def test_another_address_is_another_question(room: Room) -> None:
    promotion = await asking(room)
    inquiry = await begun(room, promotion)
    await answer(room, inquiry)
    await asked_elsewhere(room)

    evaluated = await room.evaluate(promotion.id)

    assert evaluated is not None
    assert evaluated.gates[0].message == "change-board is being asked"
    assert (await begun(room, promotion)).service.url == "https://other.example.com/"


async def asked_elsewhere(room: Room) -> None:
    settings = {"services": [{"name": "change-board", "url": "https://other.example.com/"}]}
    await room.gates_of(room.production, {"webhook-gate": settings})


async def test_the_longest_messages_of_as_many_services_as_can_be_still_fit(room: Room) -> None:
    services = [
        {"name": f"board {number}" + "é" * 90, "url": f"{URL}?{'x' * 1900}{number}"} for number in range(PARTS_MAX)
    ]
    await room.gates_of(room.production, {"webhook-gate": {"services": services}})
    promotion = await room.awaiting()
    for inquiry in await room.countersign.consulting.begin(promotion.id):
        await room.countersign.consulting.heard(inquiry.question.id, Heard(True, readable("😀" * 5000)))

    evaluated = await room.evaluate(promotion.id)

    assert evaluated is not None
    assert evaluated.status is Status.AWAITING_APPROVAL


def test_a_message_is_cut_to_what_is_kept_and_refused_where_it_cannot_be_shown() -> None:
    assert len(readable("x" * 5000)) == MESSAGE_MAX
    with pytest.raises(InvalidError):
        readable("a\0b")
