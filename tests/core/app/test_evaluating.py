from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from core.app.drafts import FreezeWindowDraft
from core.app.journal import REFRESH
from core.domain.events import Action
from core.domain.gate_result import blocking, same_findings
from core.domain.outlook import NO_OUTLOOK, Outlook
from core.domain.people import SYSTEM
from core.domain.promotion import CloseReason, Status
from core.errors import InvalidError, NotFoundError
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
    assert [(gate.gate_name, gate.passed, gate.blocking, gate.message) for gate in previewed.gates][:2] == [
        ("security-gate", False, True, "3 critical vulnerabilities exceed threshold (max: 0)"),
        ("freeze-window-gate", True, False, "No active freeze window"),
    ]
    assert same_findings((await room.awaiting()).gates, previewed.gates)
    assert (previewed.at, previewed.earliest_passing_at) == (room.clock(), None)


async def test_a_preview_of_a_time_ahead_is_what_gates_will_say_then(room: Room) -> None:
    await room.freeze(begins=1, ends=3)
    preview = partial(room.countersign.evaluating.preview, room.actor("olga"), room.release.id, room.production.id)
    now = room.clock()

    assert (await preview()).earliest_passing_at == now
    frozen = await preview(now + timedelta(hours=2))
    assert [gate.gate_name for gate in blocking(frozen.gates)] == ["freeze-window-gate"]
    assert frozen.earliest_passing_at == now + timedelta(hours=3)
    assert (await preview(now + timedelta(hours=3))).earliest_passing_at == now + timedelta(hours=3)


@pytest.mark.parametrize("hours", [-1, 24 * 366 + 1])
async def test_a_preview_is_of_times_within_a_year(room: Room, hours: int) -> None:
    at = room.clock() + timedelta(hours=hours)

    with pytest.raises(InvalidError) as refused:
        await room.countersign.evaluating.preview(room.actor("olga"), room.release.id, room.production.id, at)

    assert refused.value.field == "at"


@pytest.mark.parametrize("missing", ["releaseId", "targetEnvironmentId"])
async def test_a_preview_names_what_is_not_there_by_its_field(room: Room, missing: str) -> None:
    given = {"releaseId": room.release.id, "targetEnvironmentId": room.production.id, missing: nth_id(7)}
    release_id, environment_id = given.values()

    with pytest.raises(NotFoundError) as caught:
        await room.countersign.evaluating.preview(room.actor("olga"), release_id, environment_id)

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


async def test_what_time_will_bring_is_kept_with_the_promotion(room: Room) -> None:
    window = await room.freeze(begins=-1, ends=3)
    promotion = await room.awaiting()

    assert promotion.outlook == Outlook(window.ends_at, window.ends_at)
    assert room.memory.tables.promotions[promotion.id].outlook == promotion.outlook

    room.clock.now = window.ends_at
    passed = await room.evaluate(promotion.id)
    assert passed is not None
    assert (passed.status, passed.outlook) == (Status.AWAITING_APPROVAL, NO_OUTLOOK)


async def test_time_alone_does_not_mend_a_scan(room: Room) -> None:
    window = await room.freeze()
    await room.scan(room.release, critical=1)

    assert (await room.awaiting()).outlook == Outlook(None, window.ends_at)


async def test_a_promotion_that_passes_is_looked_at_again_when_a_freeze_begins(room: Room) -> None:
    window = await room.freeze(begins=2, ends=3)

    assert (await room.awaiting()).outlook == Outlook(None, window.starts_at)


async def test_a_longer_freeze_changes_the_card_and_the_next_look(room: Room) -> None:
    await room.freeze(ends=1)
    promotion = await room.awaiting()
    await room.freeze(name="longer", begins=0.5, ends=5)
    room.run_errands()
    looked_at = await room.evaluate(promotion.id)

    assert looked_at is not None
    assert looked_at.outlook.passes_at == room.clock() + timedelta(hours=5)
    assert {(errand, promotion.id) for errand in REFRESH} <= room.errands()


async def test_a_first_evaluation_that_was_made_is_not_made_again(room: Room) -> None:
    asked = await room.request()
    evaluate = room.countersign.evaluating.evaluate
    evaluated = await evaluate(asked.id, first=True)
    room.switch.passes = False

    assert evaluated is not None and evaluated.evaluated_at
    assert await evaluate(asked.id, first=True) == evaluated
    again = await evaluate(asked.id)
    assert again is not None and blocking(again.gates), "asked for again, they are evaluated again"
