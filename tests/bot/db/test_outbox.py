"""The outbox, on every kind of store."""

from __future__ import annotations

from collections.abc import Set
from datetime import timedelta
from uuid import UUID

import pytest

from core.app.outbox import ALL_ERRANDS, ONCE, Errand, OutboxDepth, OutboxEntry
from core.app.ports import Store, Transactions
from tests.support.clock import MORNING, nth_id

SUBJECT = nth_id(1)
MINUTE = timedelta(minutes=1)


class Box:
    """An outbox with a clock that counts minutes from MORNING."""

    def __init__(self, transactions: Transactions) -> None:
        self.transactions = transactions

    async def put(self, errand: Errand, minute: float = 0, subject: UUID = SUBJECT, correlation: str = "") -> None:
        now = MORNING + minute * MINUTE
        await self.transactions.write(lambda store: store.outbox.put(errand, subject, now, correlation))

    async def claim(
        self, minute: float = 0, hold: float = 5, limit: int = 10, among: frozenset[Errand] = ALL_ERRANDS
    ) -> tuple[OutboxEntry, ...]:
        now = MORNING + minute * MINUTE
        return await self.transactions.write(lambda store: store.outbox.claim(now, now + hold * MINUTE, limit, among))

    async def due(self, minute: float, most: int = 10) -> Set[Errand]:
        return await self.transactions.read(lambda store: store.outbox.due(MORNING + minute * MINUTE, most))

    async def finish(self, entry: OutboxEntry, minute: float = 0) -> None:
        await self.transactions.write(lambda store: store.outbox.finish(entry, MORNING + minute * MINUTE))

    async def put_off(self, entry: OutboxEntry, minute: float, error: str = "down") -> None:
        await self.transactions.write(lambda store: store.outbox.put_off(entry, MORNING + minute * MINUTE, error))

    async def depth(self) -> OutboxDepth:
        return await self.transactions.read(lambda store: store.outbox.depth())


@pytest.fixture
def box(transactions: Transactions) -> Box:
    return Box(transactions)


async def test_an_errand_is_taken_once_and_gone_when_finished(box: Box) -> None:
    await box.put(Errand.CARD, correlation="c-1")
    (entry,) = await box.claim()
    assert entry == OutboxEntry(f"card:{SUBJECT}", Errand.CARD, SUBJECT, 1, 0, MORNING, "c-1")
    assert await box.claim() == ()
    await box.finish(entry)
    assert await box.claim(60) == ()
    assert await box.depth() == OutboxDepth(0, None, 0)


async def test_which_errands_are_due_is_known_without_taking_them(box: Box) -> None:
    assert await box.due(0) == set()
    await box.put(Errand.CARD, 1)
    await box.put(Errand.NOTICES, 2)
    assert [await box.due(minute) for minute in (0, 1, 2)] == [set(), {Errand.CARD}, {Errand.CARD, Errand.NOTICES}]
    assert await box.due(2, most=2) == ALL_ERRANDS, "there may be more behind them"
    (card, _) = await box.claim(2)
    await box.finish(card, 2)
    assert await box.due(3) == set(), "they are done, or held"


async def test_what_is_asked_for_ten_times_is_run_once(box: Box) -> None:
    for minute in range(10):
        await box.put(Errand.CARD, minute)
    (entry,) = await box.claim(10)
    assert (entry.generation, entry.created_at) == (10, MORNING)
    assert await box.depth() == OutboxDepth(1, MORNING, 0)


async def test_many_subjects_are_asked_for_at_one_go(box: Box) -> None:
    await box.put(Errand.DESK, 0, nth_id(11))
    subjects = [nth_id(number) for number in (11, 12, 13)]
    await box.transactions.write(lambda store: store.outbox.put_each(Errand.DESK, subjects, MORNING + MINUTE))
    await box.transactions.write(lambda store: store.outbox.put_each(Errand.DESK, [], MORNING))
    taken = {entry.subject_id: entry.generation for entry in await box.claim(1)}
    assert taken == {nth_id(11): 2, nth_id(12): 1, nth_id(13): 1}


async def test_what_its_holder_does_not_finish_is_due_again(box: Box) -> None:
    await box.put(Errand.CARD)
    (first,) = await box.claim(0, hold=5)
    assert await box.claim(4.9) == ()
    assert await box.claim(5) == (first,)


async def test_a_holder_can_hold_on_for_longer(box: Box) -> None:
    await box.put(Errand.CARD)
    (entry,) = await box.claim(0, hold=5)
    await box.transactions.write(lambda store: store.outbox.hold(entry, MORNING + 20 * MINUTE))
    assert await box.claim(19) == ()
    assert await box.claim(20) == (entry,)


async def test_asked_for_again_while_it_runs_it_stays_held_and_is_due_when_finished(box: Box) -> None:
    await box.put(Errand.CARD)
    (entry,) = await box.claim()
    await box.put(Errand.CARD, 1, correlation="later")
    assert await box.claim(1) == ()
    await box.finish(entry, 2)
    (again,) = await box.claim(2)
    assert (again.generation, again.created_at, again.attempts) == (2, MORNING + 2 * MINUTE, 0)
    await box.finish(again, 3)
    assert await box.depth() == OutboxDepth(0, None, 0)


async def test_once_done_it_can_be_asked_for_anew(box: Box) -> None:
    await box.put(Errand.CARD, correlation="first")
    (entry,) = await box.claim()
    await box.finish(entry)
    await box.put(Errand.CARD, 7, correlation="second")
    (again,) = await box.claim(7)
    assert (again.generation, again.created_at, again.correlation_id) == (2, MORNING + 7 * MINUTE, "second")


@pytest.mark.parametrize("errand", sorted(ONCE))
async def test_what_is_said_once_is_never_said_again(box: Box, errand: Errand) -> None:
    await box.put(errand)
    await box.put(errand, 1)
    (entry,) = await box.claim(1)
    assert entry.generation == 1
    await box.finish(entry, 2)
    await box.put(errand, 3)
    assert await box.claim(60) == ()


async def test_what_fails_is_tried_again_later_and_counted(box: Box) -> None:
    await box.put(Errand.NOTICES)
    (entry,) = await box.claim()
    await box.put_off(entry, 3, "Slack is down")
    assert await box.depth() == OutboxDepth(1, MORNING, 1)
    assert await box.claim(2.9) == ()
    (again,) = await box.claim(3)
    assert again.attempts == 1
    await box.put_off(again, 9, "Still \0 down \ud800")
    failures = await box.transactions.read(lambda store: store.outbox.failures(5))
    assert [(failed.attempts, error.startswith("Still ")) for failed, error in failures] == [(2, True)]
    (last,) = await box.claim(9)
    await box.finish(last, 9)
    assert await box.transactions.read(lambda store: store.outbox.failures(5)) == ()
    await box.put(Errand.NOTICES, 10)
    assert (await box.claim(10))[0].attempts == 0


async def test_asking_again_does_not_cut_a_back_off_short(box: Box) -> None:
    await box.put(Errand.CARD)
    (entry,) = await box.claim()
    await box.put_off(entry, 30)
    await box.put(Errand.CARD, 1)
    assert await box.claim(29) == ()
    assert len(await box.claim(30)) == 1


async def test_a_late_holder_cannot_bring_back_what_another_has_finished(box: Box) -> None:
    await box.put(Errand.CARD)
    (late,) = await box.claim(0, hold=1)
    (other,) = await box.claim(2)
    await box.finish(other, 3)
    await box.put_off(late, 4)
    await box.finish(late, 4)
    assert await box.claim(60) == ()


async def test_the_oldest_are_taken_first_and_no_more_than_asked_for(box: Box) -> None:
    for minute, number in ((3, 13), (1, 11), (2, 12)):
        await box.put(Errand.CARD, minute, nth_id(number))
    first = await box.claim(5, limit=2)
    assert [entry.subject_id for entry in first] == [nth_id(11), nth_id(12)]
    assert [entry.subject_id for entry in await box.claim(5, limit=2)] == [nth_id(13)]
    assert await box.depth() == OutboxDepth(3, MORNING + MINUTE, 0)


async def test_what_failed_last_is_shown_first(box: Box) -> None:
    for number in (1, 2, 3):
        await box.put(Errand.CARD, 0, nth_id(number))
    for number, entry in enumerate(await box.claim(), start=1):
        await box.put_off(entry, 10 * number, f"error {number}")
    failures = await box.transactions.read(lambda store: store.outbox.failures(2))
    assert [error for _, error in failures] == ["error 3", "error 2"]


async def test_only_the_errands_asked_for_are_taken_however_old_others_are(box: Box) -> None:
    for number in range(30):
        await box.put(Errand.DESK, 0, nth_id(number))
    await box.put(Errand.CARD, 5)
    (card,) = await box.claim(6, limit=4, among=frozenset({Errand.CARD, Errand.EVALUATE}))
    assert card.errand is Errand.CARD
    assert len(await box.claim(6, limit=4, among=frozenset({Errand.DESK}))) == 4
    assert await box.claim(6, among=frozenset()) == ()


async def test_what_a_clock_put_off_that_was_ahead_is_taken_back(box: Box) -> None:
    fresh, held, failed, soon = (nth_id(number) for number in range(1, 5))
    for subject in (held, failed, soon):
        await box.put(Errand.CARD, subject=subject)
    await box.claim(0, hold=0.3, limit=1)
    for entry, minute in zip(await box.claim(0), (10, 4), strict=True):
        await box.put_off(entry, minute)
    await box.put(Errand.CARD, 10, fresh)

    def take_back(store: Store) -> int:
        return store.outbox.take_back(MORNING)

    assert await box.transactions.write(take_back) == 2
    assert {entry.subject_id for entry in await box.claim(0)} == {fresh, failed}
    assert {entry.subject_id for entry in await box.claim(4)} == {held, soon}
