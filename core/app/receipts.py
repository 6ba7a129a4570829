"""That a request was carried out, written down in the very transaction that carried it out.

Whoever answers requests once for each key has to know after a crash, or after a commit of which no answer came, whether
the work was done. Only the transaction that did it can say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from core.app.ports import Store, Transactions

T = TypeVar("T")


@dataclass
class _Receipt:
    write: Callable[[Store], None]
    is_written: bool = False


_wanted: ContextVar[_Receipt | None] = ContextVar("receipt", default=None)


@contextmanager
def receipt_written(write: Callable[[Store], None]) -> Iterator[None]:
    """Have the first transaction that commits in this block run `write` as its last step."""
    receipt = _Receipt(write)
    token = _wanted.set(receipt)
    try:
        yield
    finally:
        receipt.is_written = True  # for what was begun in the block and goes on after it
        _wanted.reset(token)


@contextmanager
def without_receipt() -> Iterator[None]:
    """What commits in this block is not what was asked for, but what had to be known first."""
    token = _wanted.set(None)
    try:
        yield
    finally:
        _wanted.reset(token)


@dataclass(frozen=True, slots=True)
class WithReceipts:
    """Transactions that write the receipts that are wanted."""

    transactions: Transactions

    async def write(self, body: Callable[[Store], T]) -> T:
        """Run `body`, and the receipt, in one transaction."""
        receipt = _wanted.get()
        if receipt is None or receipt.is_written:
            return await self.transactions.write(body)

        def with_receipt(store: Store) -> T:
            value = body(store)
            receipt.write(store)
            return value

        value = await self.transactions.write(with_receipt)
        receipt.is_written = True
        return value

    async def read(self, body: Callable[[Store], T]) -> T:
        """Nothing is written, so nothing is added."""
        return await self.transactions.read(body)
