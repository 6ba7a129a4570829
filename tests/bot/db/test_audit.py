"""The audit log, on every kind of store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations, islice

from bot.db import audit
from bot.db.database import Database
from bot.db.lists import KEPT
from core.app.auditing import AuditFilter
from core.app.pages import PageRequest
from core.app.ports import Store, Transactions
from core.domain.events import Action, Event
from core.domain.people import ActorKind, ActorRef
from tests.bot.db.samples import event
from tests.support.clock import MORNING, nth_id

ONE, OTHER = nth_id(1), nth_id(2)


def _add_four(store: Store) -> None:
    for number, subject in enumerate((ONE, OTHER, ONE, ONE), start=1):
        store.audit.add(event(number, subject))


async def test_entries_are_numbered_in_their_order(transactions: Transactions) -> None:
    await transactions.write(_add_four)
    entries = await transactions.read(lambda store: store.audit.of(ONE))
    assert [replace(entry, sequence=None) for entry in entries] == [event(number, ONE) for number in (1, 3, 4)]
    numbers = [entry.sequence or 0 for entry in entries]
    assert numbers == sorted(set(numbers))
    assert numbers[0] > 0


async def test_the_keys_of_details_keep_their_order(transactions: Transactions) -> None:
    await transactions.write(_add_four)
    entry = (await transactions.read(lambda store: store.audit.of(OTHER)))[0]
    assert list(entry.details) == ["number", "z", "a"]


async def test_the_newest_is_the_one_stored_last_whatever_clocks_said(transactions: Transactions) -> None:
    assert await transactions.read(lambda store: store.audit.newest()) is None
    await transactions.write(_add_four)
    await transactions.write(lambda store: store.audit.add(replace(event(5, ONE), at=MORNING - timedelta(hours=1))))
    newest = await transactions.read(lambda store: store.audit.newest())
    assert newest is not None and newest.details["number"] == 5


async def test_pages_show_the_newest_first(transactions: Transactions) -> None:
    await transactions.write(_add_four)
    page = await transactions.read(lambda store: store.audit.page(PageRequest(1, 2)))
    assert ([entry.details["number"] for entry in page.items], page.total) == ([4, 3], 4)
    page = await transactions.read(lambda store: store.audit.page(PageRequest(2, 2), AuditFilter(subject_id=ONE)))
    assert ([entry.details["number"] for entry in page.items], page.total) == ([1], 3)


async def test_entries_are_filtered_and_walked_from_any_of_them(transactions: Transactions) -> None:
    bob = ActorRef(ActorKind.PERSON, nth_id(12), "Bob")

    def fill(store: Store) -> None:
        for number in range(6):
            entry = event(number, ONE, Action.VOTE_APPROVED if number % 2 else Action.PROMOTION_REQUESTED)
            at = MORNING + timedelta(hours=number)
            store.audit.add(replace(entry, at=at, actor=bob if number > 3 else entry.actor))

    await transactions.write(fill)
    cases = {
        AuditFilter(): [5, 4, 3, 2, 1, 0],
        AuditFilter(actions=frozenset({Action.VOTE_APPROVED})): [5, 3, 1],
        AuditFilter(actor_id=bob.id): [5, 4],
        AuditFilter(since=MORNING + timedelta(hours=4)): [5, 4],
        AuditFilter(until=MORNING + timedelta(hours=1)): [0],
        AuditFilter(subject_id=nth_id(99)): [],
        AuditFilter(frozenset({Action.VOTE_APPROVED}), ONE, bob.id, MORNING, MORNING + timedelta(days=1)): [5],
    }
    for wanted, expected in cases.items():
        page = await transactions.read(lambda store, wanted=wanted: store.audit.page(PageRequest(), wanted))  # type: ignore[misc]
        assert ([each.details["number"] for each in page.items], page.total) == (expected, len(expected))
        walked = await transactions.read(lambda store, wanted=wanted: walk(store, wanted))  # type: ignore[misc]
        assert walked == list(page.items)
    votes = await transactions.read(lambda store: store.audit.of_actions({Action.VOTE_APPROVED}))
    assert [each.details["number"] for each in votes] == [1, 3, 5]
    assert await transactions.read(lambda store: store.audit.of_actions(set())) == ()


async def test_ever_other_sets_of_actions_fill_no_memory(sqlite_database: Database) -> None:
    await sqlite_database.write(_add_four)
    noted = event(1, ONE).action
    others = sorted(action for action in Action if action != noted)
    for pair in islice(combinations(others, 2), 2 * KEPT):
        wanted = AuditFilter(frozenset({noted, *pair}))
        page = await sqlite_database.read(lambda store, wanted=wanted: store.audit.page(PageRequest(), wanted))  # type: ignore[misc]
        assert page.total == 4
    assert audit._by_action.cache_info().currsize <= KEPT


def walk(store: Store, wanted: AuditFilter) -> list[Event]:
    """Everything that is wanted, two at a time."""
    found: list[Event] = []
    request = PageRequest(size=2)
    while True:
        page = store.audit.page(request, wanted)
        found += page.items
        if page.next is None:
            return found
        request = PageRequest(size=2, after=page.next)
