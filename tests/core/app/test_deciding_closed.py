"""Cancelling a promotion, and what happens when its time is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.events import Action
from core.domain.people import SYSTEM, Right
from core.domain.promotion import CloseReason, Status
from core.errors import AlreadyDecidedError, ForbiddenError, NotFoundError
from tests.core.app.room import Room, code_of

LIMIT = timedelta(hours=24)


@pytest.mark.parametrize(
    ("who", "why"), [("alice", CloseReason.BY_REQUESTER), ("ann", CloseReason.BY_ADMIN)], ids=["requester", "admin"]
)
async def test_the_requester_and_an_administrator_cancel(room: Room, who: str, why: CloseReason) -> None:
    promotion = await room.awaiting()

    cancelled = await room.cancel(who, promotion.id, "Wrong version")

    assert (cancelled.status, cancelled.close_reason, cancelled.close_comment) == (
        Status.CANCELLED,
        why,
        "Wrong version",
    )
    assert cancelled.decided_by == room.actor(who).ref


@pytest.mark.parametrize("who", ["bob", "olga"])
async def test_nobody_else_cancels(room: Room, who: str) -> None:
    promotion = await room.awaiting()

    with pytest.raises(ForbiddenError, match="Only the requester or an administrator"):
        await room.cancel(who, promotion.id)


async def test_a_program_cancels_what_it_asked_for_and_nothing_else(room: Room) -> None:
    own = await room.awaiting(who=room.ci)
    foreign = await room.awaiting(release=await room.a_release_with_scan("1.5.0"))

    assert (await room.cancel(room.ci, own.id)).close_reason is CloseReason.BY_REQUESTER
    assert await code_of(room.cancel(room.ci, foreign.id)) == "forbidden"


async def test_a_token_without_the_scope_does_not_cancel_for_its_requester(room: Room) -> None:
    promotion = await room.awaiting()

    assert (
        await code_of(room.cancel(room.actor("alice", scopes=frozenset({Right.READER})), promotion.id)) == "forbidden"
    )


@pytest.mark.parametrize("act", ["approve", "reject", "cancel"])
async def test_whoever_acts_too_late_finds_the_promotion_expired_and_it_stays_so(room: Room, act: str) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    room.clock.advance(LIMIT)
    acts = {"approve": room.approve, "reject": room.reject}

    with pytest.raises(
        AlreadyDecidedError, match="is already expired, by Countersign at 2026-03-03T09:00:00Z"
    ) as caught:
        await (room.cancel("alice", promotion.id) if act == "cancel" else acts[act]("carol", promotion.id))

    stored = room.stored(promotion.id)
    assert caught.value.params["closeReason"] == "expired"
    assert (stored.status, stored.close_reason) == (Status.CANCELLED, CloseReason.EXPIRED)
    assert stored.decided_at == promotion.expires_at
    assert len(stored.votes) == 1
    assert room.evidence(promotion.id) is not None
    assert room.actions(promotion.id)[-1] is Action.PROMOTION_EXPIRED
    assert room.memory.tables.audit[-1].actor == SYSTEM.ref


async def test_the_last_moment_before_the_limit_is_not_too_late(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    room.clock.advance(LIMIT - timedelta(microseconds=1))

    assert await code_of(room.approve("carol", promotion.id)) == "approved"


async def test_what_is_due_is_closed_and_nothing_else(room: Room) -> None:
    due = await room.awaiting()
    pending_and_due = await room.request(release=await room.a_release("1.6.0"))
    unlimited = await room.request(to=room.staging)
    room.clock.advance(LIMIT)
    fresh = await room.request(release=await room.a_release("1.7.0"))
    woken = room.woken

    assert await room.countersign.deciding.expire_due() == 2

    assert room.woken == woken + 1
    assert {room.stored(each.id).close_reason for each in (due, pending_and_due)} == {CloseReason.EXPIRED}
    assert room.stored(unlimited.id).is_open
    assert room.stored(fresh.id).is_open
    assert await room.countersign.deciding.expire_due() == 0


async def test_as_many_are_closed_at_once_as_asked_for_the_longest_overdue_first(room: Room) -> None:
    first = await room.awaiting()
    room.clock.advance(minutes=30)
    second = await room.awaiting(release=await room.a_release_with_scan("1.5.0"))
    room.clock.advance(LIMIT)

    assert await room.countersign.deciding.expire_due(limit=1) == 1

    assert not room.stored(first.id).is_open
    assert room.stored(second.id).is_open


async def test_one_that_cannot_be_closed_keeps_no_other_open(room: Room) -> None:
    broken = await room.awaiting()
    room.clock.advance(minutes=30)
    due = await room.awaiting(release=await room.a_release_with_scan("1.5.0"))
    room.clock.advance(LIMIT)
    room.memory.tables.releases.pop(broken.release_id)

    with pytest.raises(NotFoundError):
        await room.countersign.deciding.expire_due()

    assert room.stored(broken.id).is_open
    assert not room.stored(due.id).is_open


async def test_what_follows_of_itself_is_the_systems_under_the_same_correlation_id(room: Room) -> None:
    promotion = await room.awaiting()
    room.clock.advance(LIMIT)

    await code_of(room.approve(replace(room.actor("bob"), correlation_id="c-7"), promotion.id))

    entry = room.memory.tables.audit[-1]
    assert (entry.action, entry.actor.name, entry.correlation_id) == (Action.PROMOTION_EXPIRED, "Countersign", "c-7")
