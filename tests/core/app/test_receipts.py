"""A receipt is there exactly where the work is."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from core.app.outbox import Errand
from core.app.ports import Store, Transactions
from core.app.receipts import WithReceipts, receipt_written
from core.errors import InvalidError
from tests.support.clock import MORNING, nth_id


def receipt(store: Store) -> None:
    store.leases.take("receipt", "written", MORNING, MORNING + timedelta(hours=1))


def work(store: Store) -> str:
    store.outbox.put(Errand.CARD, nth_id(1), MORNING)
    return "done"


def refused(store: Store) -> None:
    work(store)
    raise InvalidError("no")


async def is_written(transactions: Transactions) -> bool:
    def look(store: Store) -> bool:
        return not store.leases.take("receipt", "another", MORNING, MORNING + timedelta(hours=1))

    return await transactions.write(look)


async def test_the_first_transaction_that_commits_writes_it(transactions: Transactions) -> None:
    both = WithReceipts(transactions)
    with receipt_written(receipt):
        with pytest.raises(InvalidError):
            await both.write(refused)
        await both.read(lambda store: store.outbox.depth())
        assert await both.write(work) == "done"
    assert await is_written(transactions)


async def test_without_work_there_is_none(transactions: Transactions) -> None:
    both = WithReceipts(transactions)
    with receipt_written(receipt), pytest.raises(InvalidError):
        await both.write(refused)
    await both.write(work)
    assert not await is_written(transactions)


async def test_it_is_written_once_and_by_nobody_else(transactions: Transactions) -> None:
    written: list[Store] = []
    both = WithReceipts(transactions)
    with receipt_written(written.append):
        for _ in range(3):
            await both.write(work)
    await both.write(work)
    assert len(written) == 1


async def test_what_goes_on_in_the_background_writes_none(transactions: Transactions) -> None:
    both = WithReceipts(transactions)
    with receipt_written(receipt):
        later = asyncio.create_task(both.write(work))
    await later
    assert not await is_written(transactions)


async def test_work_whose_receipt_fails_is_undone(transactions: Transactions) -> None:
    with receipt_written(refused), pytest.raises(InvalidError):
        await WithReceipts(transactions).write(work)
    assert (await transactions.read(lambda store: store.outbox.depth())).waiting == 0
