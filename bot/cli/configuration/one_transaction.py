"""Several use cases in one transaction: all of them are stored, or none.

A use case opens a transaction of its own. Here they are handed one that is open already, so each runs its body at
once; since nothing then waits for anything, the whole runs inside a transaction body, which is synchronous.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from core.app.ports import Ports, Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Joined:
    """Transactions that are part of the one that is open."""

    store: Store

    async def write(self, body: Callable[[Store], T]) -> T:
        return body(self.store)

    async def read(self, body: Callable[[Store], T]) -> T:
        return body(self.store)


class _RolledBackError(Exception):
    """Carries the result out of a transaction that is not to be stored."""

    def __init__(self, result: Any) -> None:
        super().__init__("rolled back as asked")
        self.result = result


async def in_one_transaction(
    ports: Ports, work: Callable[[Ports, Store], Coroutine[Any, Any, T]], *, keep: bool = True
) -> T:
    """Run `work` with ports whose transactions are one, and return its result; without `keep`, nothing is stored.

    Whatever it raises rolls everything back. It may be run again from the start, as any transaction.
    """

    def body(store: Store) -> T:
        result = _finished(work(replace(ports, transactions=_Joined(store), wake=lambda: None), store))
        if not keep:
            raise _RolledBackError(result)
        return result

    try:
        result = await ports.transactions.write(body)
    except _RolledBackError as rolled_back:
        dry: T = rolled_back.result
        return dry
    ports.wake()
    return result


def _finished(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits to its end."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    coroutine.close()
    raise RuntimeError("a use case waited for something inside a transaction")
