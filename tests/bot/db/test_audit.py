"""The audit log, on every kind of store."""

from __future__ import annotations

from dataclasses import replace

from core.app.auditing import AuditFilter
from core.app.pages import PageRequest
from core.app.ports import Store, Transactions
from tests.bot.db.samples import event
from tests.support.clock import nth_id

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


async def test_pages_show_the_newest_first(transactions: Transactions) -> None:
    await transactions.write(_add_four)
    page = await transactions.read(lambda store: store.audit.page(PageRequest(1, 2)))
    assert ([entry.details["number"] for entry in page.items], page.total) == ([4, 3], 4)
    page = await transactions.read(lambda store: store.audit.page(PageRequest(2, 2), AuditFilter(subject_id=ONE)))
    assert ([entry.details["number"] for entry in page.items], page.total) == ([1], 3)
