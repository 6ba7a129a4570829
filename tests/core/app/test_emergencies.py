from __future__ import annotations

import json
from datetime import timedelta

import pytest

from core.app.emergencies import LiftFreeze
from core.app.outbox import Errand
from core.domain.events import Action
from core.domain.gate_result import blocking
from core.domain.people import Right
from core.domain.promotion import Promotion, Status
from core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    SeparationOfDutiesError,
    TransitionError,
)
from tests.core.app.room import Room, code_of


async def lift(room: Room, promotion: Promotion, who: str = "erin", hours: float = 2) -> Promotion:
    command = LiftFreeze(promotion.id, "The checkout is down", room.clock() + timedelta(hours=hours))
    return await room.countersign.emergencies.lift(room.actor(who), command)


async def frozen(room: Room, hours: float = 8) -> Promotion:
    await room.freeze(ends=hours)
    promotion = await room.awaiting()
    assert [gate.gate_name for gate in blocking(promotion.gates)] == ["freeze-window-gate"]
    return promotion


async def test_a_lifted_freeze_lets_the_promotion_go_on_at_once(room: Room) -> None:
    promotion = await frozen(room)
    lifted = await lift(room, promotion)

    assert lifted.status is Status.AWAITING_APPROVAL
    gate = next(gate for gate in lifted.gates if gate.gate_name == "freeze-window-gate")
    assert gate.passed
    assert gate.message.endswith("; lifted by Erin until 2026-03-02 11:00 UTC")
    assert room.actions(promotion.id)[-3:] == [Action.FREEZE_LIFTED, Action.GATES_CHANGED, Action.GATES_PASSED]
    assert (Errand.CARD, promotion.id) in room.errands()


async def test_the_freeze_holds_again_when_the_exemption_ends(room: Room) -> None:
    promotion = await frozen(room)
    lifted = await lift(room, promotion, hours=2)
    assert lifted.outlook.changes_at == room.clock() + timedelta(hours=2)

    room.clock.advance(hours=2)
    assert await code_of(room.approve("bob", promotion.id)) == "awaiting_approval"
    assert await code_of(room.approve("carol", promotion.id)) == "gates_blocked"


async def test_the_exemption_is_sealed_with_what_the_gate_saw(room: Room) -> None:
    promotion = await frozen(room)
    await lift(room, promotion)
    await room.approve("bob", promotion.id)
    await room.approve("carol", promotion.id)

    packet = room.evidence(promotion.id)
    assert packet is not None
    gates = {gate["gateName"]: gate for gate in json.loads(packet.canonical)["gates"]}
    sealed = gates["freeze-window-gate"]["inputs"]["exemption"]
    assert (sealed["byName"], sealed["reason"], sealed["until"]) == (
        "Erin",
        "The checkout is down",
        "2026-03-02T11:00:00Z",
    )


async def test_no_other_gate_is_lifted(room: Room) -> None:
    await room.scan(room.release, critical=1)
    await room.freeze()
    promotion = await room.awaiting()
    lifted = await lift(room, promotion)

    assert [gate.gate_name for gate in blocking(lifted.gates)] == ["security-gate"]
    assert lifted.status is Status.PENDING


async def test_an_exemption_can_be_given_anew(room: Room) -> None:
    promotion = await frozen(room)
    await lift(room, promotion, hours=1)
    longer = await lift(room, promotion, hours=3)

    assert longer.exemption is not None
    assert longer.exemption.until == room.clock() + timedelta(hours=3)


@pytest.mark.parametrize("who", ["bob", "ann", "olga"])
async def test_the_right_is_a_role_of_its_own(room: Room, who: str) -> None:
    promotion = await frozen(room)
    with pytest.raises(ForbiddenError) as refused:
        await lift(room, promotion, who)
    assert refused.value.params["missingRole"] == "emergency"
    assert room.stored(promotion.id).exemption is None


async def test_the_requester_lifts_nothing_for_the_own_promotion(room: Room) -> None:
    await room.change("erin", roles=frozenset({Right.EMERGENCY, Right.REQUESTER}))
    await room.freeze()
    promotion = await room.awaiting(who="erin")

    with pytest.raises(SeparationOfDutiesError, match="requested"):
        await lift(room, promotion)


async def test_who_has_voted_lifts_nothing(room: Room) -> None:
    await room.members(room.managers, "alice", "bob", "carol", "dave", "erin")
    promotion = await room.awaiting()
    await room.approve("erin", promotion.id)
    await room.freeze()
    await room.evaluate(promotion.id)

    with pytest.raises(SeparationOfDutiesError, match="voted"):
        await lift(room, promotion)


async def test_who_has_lifted_does_not_approve_and_is_not_asked_to(room: Room) -> None:
    await room.members(room.managers, "alice", "bob", "erin")
    promotion = await frozen(room)
    await lift(room, promotion)

    assert await code_of(room.approve("erin", promotion.id)) == "separation_of_duties"
    view = await room.countersign.reading.promotion(room.actor("olga"), promotion.id)
    assert [person.name for person in view.may_still_approve] == ["Bob", "Sam"]
    assert await room.countersign.reading.pending_approvals(room.actor("erin")) == ()
    assert await code_of(room.reject("erin", promotion.id)) == "rejected"


async def test_who_lifted_first_stays_apart_when_somebody_else_lifts_again(room: Room) -> None:
    await room.members(room.managers, "alice", "bob", "dave", "erin")
    await room.change("dave", roles=frozenset({Right.EMERGENCY}))
    promotion = await frozen(room)
    await lift(room, promotion)
    await lift(room, promotion, "dave")

    assert await code_of(room.approve("erin", promotion.id)) == "separation_of_duties"
    assert await code_of(room.approve("dave", promotion.id)) == "separation_of_duties"


async def test_there_must_be_something_to_lift(room: Room) -> None:
    promotion = await room.awaiting()
    with pytest.raises(ConflictError, match="No freeze window"):
        await lift(room, promotion)


@pytest.mark.parametrize("hours", [0, -1, 24 * 7 + 1])
async def test_an_exemption_ends_within_a_week(room: Room, hours: float) -> None:
    promotion = await frozen(room)
    with pytest.raises(InvalidError) as refused:
        await lift(room, promotion, hours=hours)
    assert refused.value.field == "until"


async def test_a_reason_is_needed(room: Room) -> None:
    promotion = await frozen(room)
    command = LiftFreeze(promotion.id, "  ", room.clock() + timedelta(hours=1))
    with pytest.raises(InvalidError) as refused:
        await room.countersign.emergencies.lift(room.actor("erin"), command)
    assert refused.value.field == "reason"


async def test_what_is_decided_or_over_is_left_alone(room: Room) -> None:
    promotion = await frozen(room, hours=100)
    await room.cancel("alice", promotion.id)
    assert await code_of(lift(room, promotion)) == "already_decided"
    assert await code_of(room.countersign.emergencies.defer(room.actor("alice"), promotion.id)) == "already_decided"

    again = await room.awaiting()
    room.clock.advance(hours=25)
    assert await code_of(lift(room, again)) == "already_decided"


async def test_a_deferred_promotion_leaves_approvers_their_full_time_after_the_freeze(room: Room) -> None:
    promotion = await frozen(room, hours=100)
    assert promotion.expires_at == room.clock() + timedelta(hours=24)

    deferred = await room.countersign.emergencies.defer(room.actor("alice"), promotion.id)
    ends = room.clock() + timedelta(hours=100)
    assert (deferred.deferred_until, deferred.expires_at) == (ends, ends + timedelta(hours=24))
    assert room.stored(promotion.id).expires_at == deferred.expires_at
    again = await room.countersign.emergencies.defer(room.actor("alice"), promotion.id)
    assert again == room.stored(promotion.id)
    assert room.actions(promotion.id).count(Action.PROMOTION_DEFERRED) == 1

    room.clock.now = ends
    passed = await room.evaluate(promotion.id)
    assert passed is not None
    assert passed.status is Status.AWAITING_APPROVAL
    noted = next(entry for entry in room.memory.tables.audit if entry.action is Action.GATES_PASSED)
    assert noted.details["deferred"] is True


async def test_the_time_to_expiry_is_never_shortened(room: Room) -> None:
    promotion = await frozen(room, hours=1)
    deferred = await room.countersign.emergencies.defer(room.actor("alice"), promotion.id)
    assert deferred.expires_at == room.clock() + timedelta(hours=25)


async def test_only_what_waits_for_a_known_time_is_put_off(room: Room) -> None:
    await room.scan(room.release, critical=1)
    blocked = await room.awaiting()
    with pytest.raises(TransitionError, match="known time"):
        await room.countersign.emergencies.defer(room.actor("alice"), blocked.id)


@pytest.mark.parametrize("who", ["bob", "olga"])
async def test_the_requester_and_administrators_put_off_and_nobody_else(room: Room, who: str) -> None:
    promotion = await frozen(room)
    assert await code_of(room.countersign.emergencies.defer(room.actor(who), promotion.id)) == "forbidden"
    assert await code_of(room.countersign.emergencies.defer(room.actor("ann"), promotion.id)) == "pending"


async def test_a_freeze_of_other_components_leaves_a_promotion_alone(room: Room) -> None:
    promotion = await room.awaiting()
    room.run_errands()
    await room.freeze(name="billing", components=("billing",))
    assert (Errand.EVALUATE, promotion.id) not in room.errands()
    assert (await room.evaluate(promotion.id) or promotion).status is Status.AWAITING_APPROVAL
    assert not blocking(room.stored(promotion.id).gates)

    await room.freeze(name="shop", components=("shop",))
    assert (Errand.EVALUATE, promotion.id) in room.errands()
    await room.evaluate(promotion.id)
    assert blocking(room.stored(promotion.id).gates)
