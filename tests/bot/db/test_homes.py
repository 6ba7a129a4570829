"""App Homes that people have opened, on every kind of store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.app.homes import OpenedHome
from core.app.ports import Store, Transactions
from core.domain.people import SYSTEM_REF
from core.domain.promotion import Promotion, Status
from tests.bot.db.samples import ALICE, BOB, CAROL, PRODUCTION, STAGING, promotion, release
from tests.support.clock import MORNING

ALICES = OpenedHome("T01", "U01", ALICE.id, MORNING, "d1")
BOBS = OpenedHome("T01", "U02", BOB.id, MORNING + timedelta(days=1))


async def test_openings_are_found_by_person_and_replaced_by_account(filled: Transactions) -> None:
    def body(store: Store) -> None:
        store.homes.put(ALICES)
        store.homes.put(BOBS)
        store.homes.put(replace(BOBS, digest="d2"))

    await filled.write(body)
    found = await filled.read(lambda store: store.homes.of([ALICE.id, BOB.id, CAROL.id]))
    assert found == (ALICES, replace(BOBS, digest="d2"))
    assert await filled.read(lambda store: store.homes.of([])) == ()
    assert await filled.read(lambda store: store.homes.people()) == (ALICE.id, BOB.id)


async def test_what_was_published_is_stored_unless_the_opening_is_forgotten(filled: Transactions) -> None:
    def body(store: Store) -> None:
        store.homes.put(ALICES)
        store.homes.published(ALICES, "newer")
        store.homes.published(BOBS, "nobody's")

    await filled.write(body)
    assert await filled.read(lambda store: store.homes.of([ALICE.id, BOB.id])) == (replace(ALICES, digest="newer"),)


async def test_old_openings_are_forgotten(filled: Transactions) -> None:
    def body(store: Store) -> int:
        store.homes.put(ALICES)
        store.homes.put(BOBS)
        return store.homes.forget_before(BOBS.opened_at)

    assert await filled.write(body) == 1
    assert await filled.read(lambda store: store.homes.of([ALICE.id, BOB.id])) == (BOBS,)
    await filled.write(lambda store: store.homes.forget(BOBS))
    assert await filled.read(lambda store: store.homes.of([BOB.id])) == ()


async def test_what_was_decided_lately_comes_newest_decision_first(filled: Transactions) -> None:
    def decided(number: int, minutes: int) -> Promotion:
        at = MORNING + timedelta(minutes=minutes)
        of = release(number)
        return promotion(number, release=of, status=Status.REJECTED, decided_at=at, decided_by=SYSTEM_REF)

    early, late, older = decided(2, 30), decided(3, 20), decided(4, 1)

    def body(store: Store) -> None:
        for number in (2, 3, 4):
            store.releases.add(release(number))
        for each in (promotion(1), early, late, older):
            store.promotions.add(each)

    await filled.write(body)
    since = MORNING + timedelta(minutes=5)
    wanted = [STAGING.id, PRODUCTION.id]
    assert await filled.read(lambda store: store.homes.decided(wanted, since, 5)) == (early, late)
    assert await filled.read(lambda store: store.homes.decided(wanted, since, 1)) == (early,)
    assert await filled.read(lambda store: store.homes.decided([STAGING.id], since, 5)) == ()
    assert await filled.read(lambda store: store.homes.decided([], since, 5)) == ()
