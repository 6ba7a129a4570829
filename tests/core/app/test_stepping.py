from __future__ import annotations

from core.app.journal import Journal
from core.app.outbox import Errand
from core.app.ports import Store
from core.app.stepping import complete_waiting
from core.app.steps import StepKind, WorkflowStep
from core.domain.people import SYSTEM
from tests.core.app.room import Room
from tests.support.clock import nth_id


async def test_only_steps_that_wait_for_that_promotion_are_answered(room: Room) -> None:
    mine, other = await room.awaiting(), await room.awaiting(release=await room.a_release_with_scan("1.5.0"))
    room.run_errands()

    def body(store: Store) -> None:
        for number, (kind, promotion_id) in enumerate(
            [(StepKind.WAIT, mine.id), (StepKind.WAIT, other.id), (StepKind.REQUEST, mine.id)]
        ):
            step = WorkflowStep(nth_id(number), "T01", f"Fx{number}", kind, room.clock.now, promotion_id=promotion_id)
            store.steps.add(step)
        complete_waiting(Journal(store, SYSTEM, room.clock.now), mine.id)

    await room.memory.write(body)
    assert room.errands() == {(Errand.STEP, nth_id(0))}
