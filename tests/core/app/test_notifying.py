"""What is written down to be told, held back, and settled, before anything is sent."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from core.app.letters import Letter
from core.domain.notices import Call
from core.domain.quiet import QuietHours
from core.errors import InvalidError, NotAVoterError
from tests.core.app.room import Room


async def letters(room: Room, handle: str) -> tuple[Letter, ...]:
    return (await room.countersign.notifying.letters(room.people[handle].id))[1]


async def test_whoever_may_approve_gets_a_letter_and_the_requester_none(room: Room) -> None:
    promotion = await room.awaiting()
    wanted = await room.countersign.notifying.call(promotion.id)
    asked = {room.people[handle].id for handle in ("bob", "carol", "dave", "sam")}
    assert wanted.direct == {(person, Call.ASK) for person in asked}
    (letter,) = await letters(room, "bob")
    assert letter.key == f"notice:{promotion.id}:{room.people['bob'].id}"
    assert await letters(room, "alice") == ()


async def test_a_letter_stays_the_same_until_it_was_told(room: Room) -> None:
    await room.countersign.notifying.call((await room.awaiting()).id)
    (first,) = await letters(room, "bob")
    assert await letters(room, "bob") == (first,)
    await room.countersign.notifying.told(first)
    assert await letters(room, "bob") == ()


async def test_who_is_asked_late_gets_no_reminder_beside_it(room: Room) -> None:
    promotion = await room.awaiting()
    room.clock.advance(hours=13)
    await room.countersign.notifying.call(promotion.id)
    (letter,) = await letters(room, "bob")
    assert {notice.call for notice in letter.notices} == {Call.ASK, Call.REMIND}
    assert letter.key.startswith("notice:")


async def test_who_has_voted_meanwhile_or_left_is_told_nothing(room: Room) -> None:
    promotion = await room.awaiting()
    await room.countersign.notifying.call(promotion.id)
    await room.approve("bob", promotion.id)
    await room.change("carol", active=False)
    assert await letters(room, "bob") == ()
    assert await letters(room, "carol") == ()
    assert len(await letters(room, "dave")) == 1


async def test_quiet_hours_hold_back_and_their_end_is_due(room: Room) -> None:
    notifying = room.countersign.notifying
    await notifying.quiet(room.actor("bob"), QuietHours(time(8), time(11)), "UTC")
    await notifying.call((await room.awaiting()).id)
    assert await letters(room, "bob") == ()
    due_before = await notifying.due()
    room.clock.advance(hours=2)
    assert await notifying.due() == due_before + 1
    assert len(await letters(room, "bob")) == 1


async def test_a_snooze_has_limits_and_programs_have_none(room: Room) -> None:
    with pytest.raises(InvalidError, match="7 days"):
        await room.countersign.notifying.snooze(room.actor("bob"), timedelta(days=8))
    with pytest.raises(NotAVoterError):
        await room.countersign.notifying.preferences(room.ci)


async def test_a_reminder_that_somebody_asked_for_is_a_message_of_its_own_each_time(room: Room) -> None:
    promotion = await room.awaiting()
    await room.countersign.notifying.call(promotion.id)
    for letter in await letters(room, "bob"):
        await room.countersign.notifying.told(letter)
    keys = set()
    for _ in range(2):
        room.clock.advance(hours=1)
        await room.countersign.asking.remind(room.actor("alice"), promotion.id)
        (letter,) = await letters(room, "bob")
        assert letter.key.startswith(f"nudged:{promotion.id}:")
        assert letter.key.endswith(f":{room.people['bob'].id}")
        await room.countersign.notifying.told(letter)
        keys.add(letter.key)
    assert len(keys) == 2


async def test_a_reminder_waits_for_the_end_of_quiet_hours_and_not_for_whoever_has_voted(room: Room) -> None:
    notifying = room.countersign.notifying
    promotion = await room.awaiting()
    for handle in ("bob", "carol"):
        await notifying.quiet(room.actor(handle), QuietHours(time(8), time(11)), "UTC")
    await room.countersign.asking.remind(room.actor("alice"), promotion.id)
    assert await letters(room, "bob") == ()
    await room.approve("carol", promotion.id)
    room.clock.advance(hours=2)
    assert len(await letters(room, "bob")) == 1
    assert await letters(room, "carol") == ()


async def test_quiet_hours_follow_the_clock_of_the_slack_profile(room: Room) -> None:
    notifying, bob = room.countersign.notifying, room.actor("bob")
    account = room.people["bob"].slack[0]
    await notifying.heard_time_zone(account.team, account.user, "Asia/Tokyo")
    assert (await notifying.preferences(bob)).time_zone == "UTC"
    await notifying.quiet(bob, QuietHours(time(8), time(11)), "UTC")
    await notifying.call((await room.awaiting()).id)
    assert await letters(room, "bob") == ()
    await notifying.heard_time_zone(account.team, account.user, "")
    await notifying.heard_time_zone("T99", "nobody", "Asia/Tokyo")
    assert (await notifying.preferences(bob)).time_zone == "UTC"
    await notifying.heard_time_zone(account.team, account.user, "Asia/Tokyo")
    assert (await notifying.preferences(bob)).time_zone == "Asia/Tokyo"
    assert len(await letters(room, "bob")) == 1
