from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.app.drafts import FreezeWindowDraft
from core.app.journal import REFRESH
from core.domain.events import Action
from core.domain.people import SYSTEM
from core.domain.promotion import CloseReason, Status
from core.errors import NotFoundError
from tests.core.app.room import Room, code_of
from tests.support.clock import nth_id


async def test_a_promotion_whose_gates_pass_awaits_approval(room: Room) -> None:
    promotion = await room.awaiting()

    assert promotion.status is Status.AWAITING_APPROVAL
    assert [gate.gate_name for gate in promotion.gates] == ["security-gate", "freeze-window-gate", "switch"]
    assert promotion.evaluated_at == room.clock.now
    assert room.actions(promotion.id)[-1] is Action.GATES_PASSED


async def test_a_promotion_whose_gates_block_stays_pending_and_says_which_and_why(room: Room) -> None:
    await room.scan(room.release, critical=3)
    promotion = await room.awaiting()

    assert promotion.status is Status.PENDING
    assert promotion.gates[0].message == "3 critical vulnerabilities exceed threshold (max: 0)"
    entry = room.memory.tables.audit[-1]
    assert (entry.action, entry.actor) == (Action.GATES_BLOCKED, SYSTEM.ref)
    assert entry.details["gates"] == [{"gateName": "security-gate", "message": promotion.gates[0].message}]


async def test_when_the_gates_pass_later_the_promotion_goes_on_by_itself(room: Room) -> None:
    room.switch.passes = False
    promotion = await room.awaiting()
    room.switch.passes = True

    evaluated = await room.evaluate(promotion.id)

    assert evaluated is not None
    assert evaluated.status is Status.AWAITING_APPROVAL


async def test_looking_again_at_what_has_not_changed_leaves_nothing_behind(room: Room) -> None:
    room.switch.passes = False
    promotion = await room.awaiting()
    room.run_errands()
    before = room.memory.tables.copy()
    room.clock.advance(minutes=5)

    await room.evaluate(promotion.id)

    assert room.memory.tables == before


async def test_another_reason_to_block_is_written_down(room: Room) -> None:
    await room.scan(room.release, critical=3)
    promotion = await room.awaiting()
    await room.scan(room.release, critical=2)
    room.run_errands()

    await room.evaluate(promotion.id)

    assert room.stored(promotion.id).gates[0].message.startswith("2 critical")
    assert room.actions(promotion.id).count(Action.GATES_BLOCKED) == 2
    assert room.errands() == {(errand, promotion.id) for errand in REFRESH}


async def test_a_gate_that_begins_to_block_is_shown_and_does_not_take_the_promotion_back(room: Room) -> None:
    promotion = await room.awaiting()
    room.switch.passes = False

    evaluated = await room.evaluate(promotion.id)

    assert evaluated is not None
    assert (evaluated.status, evaluated.gates[-1].blocking) == (Status.AWAITING_APPROVAL, True)
    assert room.actions(promotion.id)[-1] is Action.GATES_BLOCKED
    room.switch.passes = True
    await room.evaluate(promotion.id)
    assert room.actions(promotion.id)[-1] is Action.GATES_PASSED


async def test_where_no_approval_is_asked_for_the_gates_decide_and_the_system_signs(room: Room) -> None:
    await room.policy_for(room.staging, 0)

    promotion = await room.awaiting(to=room.staging)

    assert (promotion.status, promotion.decided_by) == (Status.APPROVED, SYSTEM.ref)
    packet = room.evidence(promotion.id)
    assert packet is not None
    assert packet.content["actors"]["decidedBy"] == {"kind": "system", "id": None, "name": "Countersign"}
    assert room.actions(promotion.id)[-1] is Action.PROMOTION_APPROVED


async def test_gates_that_decide_alone_decide_nothing_while_one_blocks(room: Room) -> None:
    target = await room.environment("Gated", gates={"switch": {}})
    await room.policy_for(target, 0)
    room.switch.passes = False
    promotion = await room.awaiting(to=target)

    assert promotion.status is Status.PENDING
    room.switch.passes = True
    evaluated = await room.evaluate(promotion.id)
    assert evaluated is not None
    assert evaluated.status is Status.APPROVED


async def test_where_one_of_several_policies_asks_for_people_the_gates_do_not_decide(room: Room) -> None:
    await room.policy_for(room.staging, 0, name="gates")
    await room.policy_for(room.staging, 1, "sre-team", name="people")

    assert (await room.awaiting(to=room.staging)).status is Status.AWAITING_APPROVAL


async def test_a_gate_that_is_not_there_any_more_blocks(room: Room) -> None:
    broken = replace(room.production, gates={"vanished-gate": {}})
    room.memory.tables.environments[room.production.id] = broken

    promotion = await room.awaiting()

    assert promotion.status is Status.PENDING
    assert promotion.gates[0].message == "vanished-gate could not be evaluated: it is not installed"


async def test_a_promotion_past_its_time_is_closed_instead(room: Room) -> None:
    promotion = await room.awaiting()
    room.clock.advance(hours=24)

    evaluated = await room.evaluate(promotion.id)

    assert evaluated is not None
    assert evaluated.close_reason is CloseReason.EXPIRED


async def test_what_is_not_open_or_not_there_is_left_alone(room: Room) -> None:
    decided = await room.approved()
    before = room.memory.tables.copy()

    assert await room.evaluate(decided.id) is None
    assert await room.evaluate(nth_id(7)) is None
    assert room.memory.tables == before


async def test_the_correlation_id_of_the_errand_is_in_what_it_leaves_behind(room: Room) -> None:
    promotion = await room.request()

    await room.countersign.evaluating.evaluate(promotion.id, "c-9")

    assert room.memory.tables.audit[-1].correlation_id == "c-9"


async def test_a_preview_says_what_the_evaluation_would_and_stores_nothing(room: Room) -> None:
    await room.scan(room.release, critical=3)
    before = room.memory.tables.copy()

    previewed = await room.countersign.evaluating.preview(room.actor("olga"), room.release.id, room.production.id)

    assert room.memory.tables == before
    assert [(gate.gate_name, gate.passed, gate.blocking, gate.message) for gate in previewed][:2] == [
        ("security-gate", False, True, "3 critical vulnerabilities exceed threshold (max: 0)"),
        ("freeze-window-gate", True, False, "No active freeze window"),
    ]
    assert (await room.awaiting()).gates == previewed


@pytest.mark.parametrize("missing", ["releaseId", "targetEnvironmentId"])
async def test_a_preview_names_what_is_not_there_by_its_field(room: Room, missing: str) -> None:
    given = {"releaseId": room.release.id, "targetEnvironmentId": room.production.id, missing: nth_id(7)}

    with pytest.raises(NotFoundError) as caught:
        await room.countersign.evaluating.preview(room.actor("olga"), *given.values())

    assert caught.value.params["field"] == missing


async def test_who_is_deactivated_previews_nothing(room: Room) -> None:
    await room.change("olga", active=False)

    act = room.countersign.evaluating.preview(room.actor("olga"), room.release.id, room.production.id)
    assert await code_of(act) == "may_not_vote"


async def test_the_newest_scan_report_counts_not_the_best(room: Room) -> None:
    await room.scan(room.release, critical=0)
    await room.scan(room.release, critical=1)

    assert (await room.awaiting()).status is Status.PENDING


async def test_only_freezes_of_the_target_hold_a_promotion_back(room: Room) -> None:
    now = room.clock.now
    draft = FreezeWindowDraft("staging only", (room.staging.id,), now, now + timedelta(hours=1))
    await room.countersign.administering.create_freeze_window(SYSTEM, draft)

    assert (await room.awaiting()).status is Status.AWAITING_APPROVAL


async def test_the_sequence_gate_looks_at_the_source_environment(room: Room) -> None:
    await room.gates_of(room.production, {"sequence-gate": {}})
    await room.policy_for(room.staging, 0)
    promotion = await room.awaiting()
    assert promotion.gates[0].message == "shop-1.4.0 is not deployed in Staging"

    to_staging = await room.awaiting(to=room.staging)
    await room.report(to_staging.id, "deploying")
    await room.report(to_staging.id, "deployed")

    evaluated = await room.evaluate(promotion.id)
    assert evaluated is not None
    assert evaluated.status is Status.AWAITING_APPROVAL
