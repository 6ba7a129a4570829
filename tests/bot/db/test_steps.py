"""Steps of workflows, on every kind of store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.app.ports import Store, Transactions
from core.app.steps import StepKind, WorkflowStep
from tests.bot.db.samples import ALICE, PRODUCTION, promotion, release
from tests.support.clock import MORNING, nth_id


def step(number: int = 1, kind: StepKind = StepKind.REQUEST, **changes: Any) -> WorkflowStep:
    at = MORNING + timedelta(minutes=number)
    return replace(WorkflowStep(nth_id(900 + number), "T01", f"Fx{number}", kind, at), **changes)


ASKED = step(
    1, person_id=ALICE.id, release_id=release().id, environment_id=PRODUCTION.id, reason="Because\nof <!channel> é"
)


async def test_a_step_is_kept_whole_and_once_for_each_execution(filled: Transactions) -> None:
    assert await filled.write(lambda store: store.steps.add(ASKED))
    same = replace(ASKED, id=nth_id(999), reason="another")
    assert not await filled.write(lambda store: store.steps.add(same))
    assert await filled.write(lambda store: store.steps.add(replace(same, team="T02")))
    assert await filled.read(lambda store: store.steps.get(ASKED.id)) == ASKED
    assert await filled.read(lambda store: store.steps.get(nth_id(5))) is None


async def test_what_has_changed_of_it_is_stored(filled: Transactions) -> None:
    ended = replace(ASKED, refusal="No", ended_at=MORNING)

    def body(store: Store) -> None:
        store.steps.add(ASKED)
        store.steps.put(ended)

    await filled.write(body)
    assert await filled.read(lambda store: store.steps.get(ASKED.id)) == ended


async def test_those_that_wait_for_a_promotion_come_oldest_first(filled: Transactions) -> None:
    mine, other = promotion(1), promotion(2, release=release(2))
    waits = [step(number, StepKind.WAIT, promotion_id=mine.id) for number in (4, 2, 3)]

    def body(store: Store) -> None:
        store.releases.add(release(2))
        store.promotions.add(mine)
        store.promotions.add(other)
        for each in waits:
            store.steps.add(each)
        store.steps.add(step(5, StepKind.WAIT, promotion_id=other.id))
        store.steps.add(step(6, StepKind.REQUEST, promotion_id=mine.id))
        store.steps.add(step(7, StepKind.WAIT, promotion_id=mine.id, ended_at=MORNING))

    await filled.write(body)
    found = await filled.read(lambda store: store.steps.waiting_for(mine.id))
    assert [each.execution_id for each in found] == ["Fx2", "Fx3", "Fx4"]


async def test_requests_that_nobody_has_answered_are_found_by_age(filled: Transactions) -> None:
    def body(store: Store) -> None:
        store.promotions.add(promotion(1))
        for each in (
            ASKED,
            step(2),
            step(3, refusal="No"),
            step(4, promotion_id=promotion(1).id),
            step(5, StepKind.WAIT, promotion_id=promotion(1).id),
            step(6, ended_at=MORNING),
            step(9),
        ):
            store.steps.add(each)

    await filled.write(body)
    limit = MORNING + timedelta(minutes=9)
    found = await filled.read(lambda store: store.steps.unanswered_since(limit))
    assert [each.execution_id for each in found] == ["Fx1", "Fx2"]
