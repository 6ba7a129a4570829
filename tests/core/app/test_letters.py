"""What a message is about: what waits for the reader first, and no more looked up than is shown."""

from __future__ import annotations

from datetime import timedelta

from core.app.letters import DIGEST_SHOWN, Letter, letter
from core.domain.notices import Call, Notice
from core.domain.promotion import Promotion
from tests.core.app.room import Room


async def about(room: Room, who: str, *promotions: Promotion, key: str = "digest:1") -> Letter:
    person = room.people[who].id
    notices = [Notice(each.id, person, Call.ASK, room.clock.now, room.clock.now) for each in promotions]
    return await room.memory.read(lambda store: letter(store, key, notices, person))


async def test_what_waits_for_the_reader_comes_first_and_is_counted(room: Room) -> None:
    decided = await room.awaiting()
    await room.reject("bob", decided.id)
    room.clock.advance(minutes=1)
    waits = await room.awaiting(release=await room.a_release_with_scan("1.5.0", "search"))
    shown = await about(room, "carol", decided, waits)
    assert [view.promotion.id for view in shown.views] == [waits.id, decided.id]
    assert (shown.waiting, shown.unseen, shown.is_digest) == (1, 0, True)


async def test_nothing_waits_for_the_requester_or_whoever_has_voted(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    assert (await about(room, "alice", promotion)).waiting == 0
    assert (await about(room, "bob", promotion)).waiting == 0
    assert (await about(room, "sam", promotion)).waiting == 1


async def test_what_is_not_shown_is_counted(room: Room) -> None:
    promotions = []
    for number in range(DIGEST_SHOWN + 3):
        room.clock.advance(minutes=1)
        promotions.append(await room.awaiting(release=await room.a_release_with_scan("1.0", f"part-{number}")))
    shown = await about(room, "bob", *promotions)
    assert [view.promotion.id for view in shown.views] == [each.id for each in promotions[:DIGEST_SHOWN]]
    assert (shown.waiting, shown.unseen) == (DIGEST_SHOWN + 3, 3)


async def test_one_that_is_over_says_so(room: Room) -> None:
    promotion = await room.awaiting()
    room.clock.advance(timedelta(hours=1))
    await room.cancel("alice", promotion.id)
    shown = await about(room, "bob", promotion, key=f"notice:{promotion.id}:1")
    assert (shown.waiting, shown.is_digest) == (0, False)
