"""Transactions in which one kind of writing fails after it was done: the disk is full, the connection is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from core.app.ports import Store
from tests.support.memory import MemoryTransactions

T = TypeVar("T")

BREAKS = ("promotions.save", "evidence.add", "evidence.add_attestation", "audit.add", "outbox.put")
"""Everything that a decision writes: promotion with votes, evidence, audit entry, errands."""


class BrokenError(Exception):
    """What a database does when it cannot go on."""


class BrokenTransactions:
    """Runs bodies over a store in memory whose `part.method` raises once it has done its work."""

    def __init__(self, whole: MemoryTransactions, broken: str) -> None:
        self._whole = whole
        self._part, self._method = broken.split(".")

    async def write(self, body: Callable[[Store], T]) -> T:
        def breaking(store: Store) -> T:
            part: Any = getattr(store, self._part)
            setattr(part, self._method, _failing(getattr(part, self._method)))
            return body(store)

        return await self._whole.write(breaking)

    async def read(self, body: Callable[[Store], T]) -> T:
        return await self._whole.read(body)


def _failing(method: Callable[..., Any]) -> Callable[..., Any]:
    def fail(*arguments: Any, **named: Any) -> None:
        method(*arguments, **named)
        raise BrokenError

    return fail
