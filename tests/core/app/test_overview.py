"""What App Homes show, and whose are brought up to date."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from core.app.drafts import FreezeWindowDraft
from core.app.outbox import Errand
from core.app.overview import GATHER, Overview, concerned, environments_of
from core.app.ports import Store
from core.domain.people import SYSTEM
from core.domain.promotion import Promotion
from core.errors import ForbiddenError
from tests.core.app.room import Room


async def overview(room: Room, handle: str) -> Overview:
    return await room.countersign.overviews.of(room.actor(handle, "slack"))


async def open_homes(room: Room, *handles: str) -> None:
    for handle in handles:
        await room.countersign.overviews.opened(room.actor(handle, "slack"), "digest")
    room.run_errands()


def asked_for(room: Room) -> set[UUID]:
    return {subject for errand, subject in room.errands() if errand is Errand.HOME}


async def test_everybody_sees_what_is_theirs(room: Room) -> None:
    promotion = await room.awaiting()
    waiting = room.stored(promotion.id)
    assert (await overview(room, "bob")).waiting == (waiting,)
    alice = await overview(room, "alice")
    assert (alice.waiting, alice.mine.items) == ((), (waiting,))
    assert await overview(room, "olga") == Overview()
    assert await room.countersign.overviews.of(room.ci) == Overview()


async def test_what_was_decided_lately_in_my_environments(room: Room) -> None:
    promotion = await room.awaiting()
    await room.reject("bob", promotion.id)
    decided = room.stored(promotion.id)
    for handle in ("alice", "bob", "sam"):
        assert (await overview(room, handle)).decided == (decided,), handle
    assert (await overview(room, "olga")).decided == ()
    room.clock.advance(timedelta(days=8))
    assert (await overview(room, "bob")).decided == ()


async def test_my_environments_are_those_i_approve_for_or_ask_for(room: Room) -> None:
    canary = await room.environment("Canary")
    await room.members(room.managers, "bob", "carol", "dave")

    async def of(handle: str) -> frozenset[UUID]:
        person = room.people[handle]
        return await room.memory.read(lambda store: environments_of(store, person))

    assert (await of("bob"), await of("alice")) == (frozenset({room.production.id}), frozenset())
    await room.request(to=canary)
    assert await of("alice") == frozenset({canary.id})


async def test_freeze_windows_ahead_name_my_environments(room: Room) -> None:
    start = room.clock() + timedelta(days=1)
    ids = (room.staging.id, room.production.id)
    draft = FreezeWindowDraft("year-end", ids, start, start + timedelta(days=2), "Nobody is in")
    await room.countersign.administering.create_freeze_window(SYSTEM, draft)
    (ahead,) = (await overview(room, "bob")).freezes
    assert (ahead.window.name, ahead.environments) == ("year-end", ("Production",))
    assert (await overview(room, "olga")).freezes == ()
    room.clock.advance(timedelta(days=4))
    assert (await overview(room, "bob")).freezes == ()


async def test_only_administrators_see_what_is_not_delivered(room: Room) -> None:
    await room.request()

    def fail(store: Store) -> None:
        entry, *_ = store.outbox.claim(room.clock(), room.clock(), 1)
        store.outbox.put_off(entry, room.clock(), "channel_not_found")

    await room.memory.write(fail)
    undelivered = (await overview(room, "ann")).undelivered
    assert undelivered is not None
    assert (undelivered.failing, [error for _, error in undelivered.last]) == (1, ["channel_not_found"])
    assert (await overview(room, "bob")).undelivered is None


async def test_whoever_is_deactivated_sees_nothing(room: Room) -> None:
    await room.change("bob", active=False)
    with pytest.raises(ForbiddenError, match="deactivated"):
        await overview(room, "bob")


async def test_a_promotion_concerns_who_asked_who_may_approve_and_who_voted(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("sam", promotion.id)
    await room.members(room.sres)
    stored: Promotion = room.stored(promotion.id)
    people = await room.memory.read(lambda store: concerned(store, stored))
    assert people == {room.people[handle].id for handle in ("alice", "bob", "carol", "dave", "sam")}


async def test_every_change_of_a_promotion_has_homes_looked_at(room: Room) -> None:
    promotion = await room.request()
    for change in (room.evaluate(promotion.id), room.approve("bob", promotion.id), room.approve("carol", promotion.id)):
        room.run_errands()
        await change
        assert (Errand.HOMES, promotion.id) in room.errands()
    room.run_errands()
    await room.report(promotion.id, "deploying")
    assert (Errand.HOMES, promotion.id) in room.errands()


async def test_opening_is_remembered_and_looked_at_once_more(room: Room) -> None:
    await room.countersign.overviews.opened(room.actor("bob", "slack"), "d1")
    (home,) = room.memory.tables.homes.values()
    assert (home.user, home.person_id, home.digest) == ("U01", room.people["bob"].id, "d1")
    (row,) = (row for row in room.memory.tables.outbox.values() if row.entry.errand is Errand.HOME)
    assert row.due_at == room.clock() + GATHER
    with pytest.raises(ForbiddenError):
        await room.countersign.overviews.opened(room.ci, "d1")


async def test_what_administrators_change_is_seen_in_every_home_that_was_opened(room: Room) -> None:
    await open_homes(room, "bob", "olga")
    start = room.clock()
    draft = FreezeWindowDraft("now", (room.production.id,), start, start + timedelta(days=2))
    await room.countersign.administering.create_freeze_window(SYSTEM, draft)
    assert asked_for(room) == {room.people["bob"].id, room.people["olga"].id}
