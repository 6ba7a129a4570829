"""Notices, preferences and channel troubles, on every kind of store."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from core.app.ports import Store, Transactions
from core.app.telling import ChannelTrouble, by_message
from core.domain.notices import Call, Notice
from core.domain.notify import Notify, Via
from core.domain.quiet import Preferences, QuietHours
from tests.bot.db.samples import BOB, CAROL, MANAGERS, POLICY, PRODUCTION, promotion, release
from tests.support.clock import MORNING, nth_id

ASK = Notice(promotion().id, BOB.id, Call.ASK, MORNING, MORNING)


async def test_a_call_is_stored_once(filled: Transactions) -> None:
    def body(store: Store) -> None:
        store.promotions.add(promotion())
        later = replace(ASK, wanted_at=MORNING + timedelta(hours=1))
        store.notices.add([ASK])
        store.notices.add([later, replace(ASK, call=Call.REMIND)])
        store.notices.add([])

    await filled.write(body)
    assert await filled.read(lambda store: store.notices.of(promotion().id)) == (ASK, replace(ASK, call=Call.REMIND))


async def test_what_waits_is_found_by_person_and_by_time_and_told_no_more(filled: Transactions) -> None:
    held = replace(ASK, person_id=CAROL.id, due_at=MORNING + timedelta(hours=1))
    told = replace(ASK, told_in="notice:1", told_at=MORNING + timedelta(minutes=1))

    def body(store: Store) -> None:
        store.promotions.add(promotion())
        store.notices.add([ASK, held])
        store.notices.put([told])
        store.notices.drop(told)

    await filled.write(body)
    assert await filled.read(lambda store: store.notices.waiting(BOB.id)) == ()
    assert await filled.read(lambda store: store.notices.waiting(CAROL.id)) == (held,)
    assert await filled.read(lambda store: store.notices.people_due(MORNING)) == ()
    assert await filled.read(lambda store: store.notices.people_due(held.due_at)) == (CAROL.id,)
    assert await filled.read(lambda store: store.notices.told_since(BOB.id, MORNING)) == (told,)
    assert await filled.read(lambda store: store.notices.told_since(BOB.id, MORNING + timedelta(hours=1))) == ()
    await filled.write(lambda store: store.notices.drop(held))
    assert await filled.read(lambda store: store.notices.waiting(CAROL.id)) == ()


async def test_the_promotions_that_notices_are_about_come_oldest_first(filled: Transactions) -> None:
    older = promotion(2, release=release(2), requested_at=MORNING)

    def body(store: Store) -> None:
        store.releases.add(release(2))
        store.promotions.add(promotion())
        store.promotions.add(older)

    await filled.write(body)
    wanted = {promotion().id, older.id, nth_id(0x72)}
    found = await filled.read(lambda store: store.notices.promotions(wanted))
    assert [each.id for each in found] == [older.id, promotion().id]
    assert await filled.read(lambda store: store.notices.promotions([])) == ()


async def test_preferences_are_kept(filled: Transactions) -> None:
    assert await filled.read(lambda store: store.preferences.of(BOB.id)) == Preferences(BOB.id)
    wanted = Preferences(BOB.id, "Asia/Kolkata", QuietHours(time(22, 30), time(7)), MORNING)
    await filled.write(lambda store: store.preferences.put(wanted))
    assert await filled.read(lambda store: store.preferences.of(BOB.id)) == wanted
    await filled.write(lambda store: store.preferences.put(Preferences(BOB.id)))
    assert await filled.read(lambda store: store.preferences.of(BOB.id)) == Preferences(BOB.id)


async def test_troubles_are_kept_until_they_are_over(filled: Transactions) -> None:
    trouble = ChannelTrouble(PRODUCTION.id, "#releases", "is_archived", MORNING)
    solved = replace(trouble, solved_at=MORNING + timedelta(hours=1))
    for each in (trouble, solved):
        await filled.write(lambda store, each=each: store.troubles.put(each))  # type: ignore[misc]
    assert await filled.read(lambda store: (store.troubles.get(PRODUCTION.id), store.troubles.all())) == (
        solved,
        (solved,),
    )
    await filled.write(lambda store: store.troubles.drop(PRODUCTION.id))
    assert await filled.read(lambda store: store.troubles.all()) == ()


async def test_a_policys_wishes_are_kept_by_it_and_by_promotions(filled: Transactions) -> None:
    wishful = replace(POLICY, notify=Notify(Via.USERGROUP, None, 80, MANAGERS.id))

    def body(store: Store) -> None:
        store.policies.replace(wishful)
        store.promotions.add(promotion(policies=(wishful,)))

    await filled.write(body)
    stored = await filled.read(lambda store: (store.policies.named(POLICY.name), store.promotions.get(promotion().id)))
    assert stored[0] == wishful
    assert stored[1] is not None
    assert stored[1].policies == (wishful,)


def test_notices_are_gathered_by_message() -> None:
    one, other = replace(ASK, told_in="digest:1"), replace(ASK, told_in="digest:1", call=Call.REMIND)
    assert by_message([one, other, ASK]) == {"digest:1": [one, other], "": [ASK]}


async def test_when_each_person_was_first_told(filled: Transactions) -> None:
    first, again = MORNING + timedelta(minutes=1), MORNING + timedelta(hours=1)
    told = replace(ASK, told_in="notice:1", told_at=first)
    reminded = replace(told, call=Call.REMIND, told_at=again)
    other = replace(told, person_id=CAROL.id, call=Call.NUDGE, told_at=again)

    def body(store: Store) -> None:
        store.promotions.add(promotion())
        store.notices.put([reminded, told, other, replace(ASK, person_id=CAROL.id)])

    await filled.write(body)
    found = await filled.read(lambda store: store.notices.first_told([promotion().id, nth_id(99)]))
    assert found == {(promotion().id, BOB.id): first, (promotion().id, CAROL.id): again}
    assert await filled.read(lambda store: store.notices.first_told([])) == {}
