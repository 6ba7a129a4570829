from __future__ import annotations

import pytest

from core.app.checking import Checklist, TickItem
from core.app.outbox import Errand
from core.domain.events import Action
from core.domain.promotion import Promotion, Status
from core.errors import InvalidError, NotFoundError
from tests.core.app.room import Room, code_of
from tests.support.clock import nth_id

ITEMS = [{"name": "Runbook updated", "group": "sre-team"}, {"name": "Support told", "group": "release-managers"}]


async def listed(room: Room) -> Promotion:
    """A promotion that waits for its checklist."""
    await room.gates_of(room.production, {"manual-gate": {"items": ITEMS}})
    promotion = await room.awaiting()
    assert promotion.status is Status.PENDING
    return promotion


async def tick(room: Room, handle: str, promotion: Promotion, item: str, ticked: bool = True) -> Checklist:
    return await room.countersign.checking.tick(room.actor(handle), TickItem(promotion.id, item, ticked))


async def test_when_the_last_item_is_ticked_the_promotion_goes_on(room: Room) -> None:
    promotion = await listed(room)
    await tick(room, "sam", promotion, "Runbook updated")
    room.run_errands()

    after = await tick(room, "bob", promotion, " support TOLD ")

    assert [(item.name, item.tick.person_name if item.tick else None) for item in after.items] == [
        ("Runbook updated", "Sam"),
        ("Support told", "Bob"),
    ]
    assert (Errand.EVALUATE, promotion.id) in room.errands()
    evaluated = await room.evaluate(promotion.id)
    assert evaluated is not None
    assert evaluated.status is Status.AWAITING_APPROVAL
    assert room.actions(promotion.id).count(Action.ITEM_TICKED) == 2


async def test_saying_twice_what_is_so_changes_nothing(room: Room) -> None:
    promotion = await listed(room)
    await tick(room, "sam", promotion, "Runbook updated")
    before = room.memory.tables.copy()
    room.clock.advance(minutes=1)

    await tick(room, "sam", promotion, "Runbook updated")

    assert room.memory.tables == before


async def test_a_tick_can_be_taken_back_while_it_is_open_and_blocks_again(room: Room) -> None:
    promotion = await listed(room)
    await tick(room, "sam", promotion, "Runbook updated")
    await tick(room, "bob", promotion, "Support told")
    await room.evaluate(promotion.id)

    await tick(room, "sam", promotion, "Runbook updated", ticked=False)
    evaluated = await room.evaluate(promotion.id)

    assert evaluated is not None
    assert evaluated.gates[0].blocking
    assert room.actions(promotion.id).count(Action.ITEM_UNTICKED) == 1
    assert await code_of(room.approve("bob", promotion.id)) in {"gates_blocked", "awaiting_approval"}


@pytest.mark.parametrize(
    ("handle", "item", "code"),
    [
        ("bob", "Runbook updated", "not_in_approver_list"),
        ("olga", "Runbook updated", "not_in_approver_list"),
        ("alice", "Support told", "separation_of_duties"),
        ("sam", "No such item", "not_found"),
    ],
)
async def test_who_may_not_tick_hears_why(room: Room, handle: str, item: str, code: str) -> None:
    promotion = await listed(room)
    before = room.memory.tables.copy()

    assert await code_of(tick(room, handle, promotion, item)) == code
    assert room.memory.tables == before


async def test_a_program_ticks_nothing(room: Room) -> None:
    promotion = await listed(room)
    act = room.countersign.checking.tick(room.ci, TickItem(promotion.id, "Runbook updated"))
    assert await code_of(act) in {"may_not_vote", "forbidden"}


async def test_somebody_deactivated_ticks_nothing_and_the_earlier_tick_does_not_count(room: Room) -> None:
    promotion = await listed(room)
    await tick(room, "sam", promotion, "Runbook updated")
    await tick(room, "bob", promotion, "Support told")
    await room.evaluate(promotion.id)
    room.run_errands()

    await room.change("sam", active=False)

    assert (Errand.EVALUATE, promotion.id) in room.errands(), "the checklist depends on who is in its groups"
    evaluated = await room.evaluate(promotion.id)
    assert evaluated is not None
    assert "Sam is no longer in sre-team" in evaluated.gates[0].message
    assert await code_of(tick(room, "sam", promotion, "Runbook updated")) == "may_not_vote"


async def test_after_the_decision_nothing_is_ticked(room: Room) -> None:
    promotion = await listed(room)
    await room.reject("bob", promotion.id)

    assert await code_of(tick(room, "sam", promotion, "Runbook updated")) == "already_decided"
    room.clock.advance(hours=48)


async def test_past_its_time_nothing_is_ticked(room: Room) -> None:
    promotion = await listed(room)
    room.clock.advance(hours=24)

    assert await code_of(tick(room, "sam", promotion, "Runbook updated")) == "already_decided"


async def test_who_ticked_stands_in_the_evidence(room: Room) -> None:
    promotion = await listed(room)
    await tick(room, "sam", promotion, "Runbook updated")
    await tick(room, "carol", promotion, "Support told")
    await room.evaluate(promotion.id)
    await room.approve("bob", promotion.id)
    await room.approve("carol", promotion.id)

    packet = room.evidence(promotion.id)

    assert packet is not None
    items = packet.content["gates"][0]["inputs"]["items"]
    assert [(item["name"], item["tickedBy"], item["tickedAt"]) for item in items] == [
        ("Runbook updated", "Sam", "2026-03-02T09:00:00Z"),
        ("Support told", "Carol", "2026-03-02T09:00:00Z"),
    ]


async def test_an_environment_without_a_checklist_has_an_empty_one(room: Room) -> None:
    promotion = await room.awaiting()
    found = await room.countersign.checking.checklist(room.actor("olga"), promotion.id)
    assert found.items == ()
    with pytest.raises(NotFoundError):
        await room.countersign.checking.checklist(room.actor("olga"), nth_id(7))


async def test_a_checklist_for_a_group_that_is_not_there_is_refused_when_it_is_saved(room: Room) -> None:
    with pytest.raises(InvalidError) as caught:
        await room.gates_of(room.production, {"manual-gate": {"items": [{"name": "a", "group": "nobody"}]}})
    assert caught.value.field == "gates.manual-gate"
    assert "There is no approver group 'nobody'" in caught.value.message
