"""Leases, on every kind of store."""

from __future__ import annotations

from datetime import timedelta

from core.app.ports import Transactions
from tests.support.clock import MORNING

MINUTE = timedelta(minutes=1)


async def test_one_holder_at_a_time(transactions: Transactions) -> None:
    async def take(holder: str, minute: int, name: str = "scheduler") -> bool:
        now = MORNING + minute * MINUTE
        return await transactions.write(lambda store: store.leases.take(name, holder, now, now + 2 * MINUTE))

    assert await take("a", 0)
    assert not await take("b", 1)
    assert await take("b", 1, "something else")
    assert await take("a", 1), "the holder keeps it"
    assert not await take("b", 2)
    assert await take("b", 3), "it ran out"
    assert not await take("a", 4)


async def test_a_lease_of_a_clock_that_was_set_back_does_not_last_as_long_as_that(transactions: Transactions) -> None:
    async def take(holder: str, minutes: float) -> bool:
        now = MORNING + minutes * MINUTE
        return await transactions.write(lambda store: store.leases.take("scheduler", holder, now, now + 2 * MINUTE))

    assert await take("a", 10)
    assert not await take("b", 9), "clocks of replicas differ a little"
    assert await take("b", 0)
