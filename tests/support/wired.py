"""The use cases on given transactions, with everything else that they ask for made up."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import datetime
from itertools import count
from typing import Any, TypeVar

from core.app.beginning_log import begin_log
from core.app.journal import Journal
from core.app.keys import registered
from core.app.ports import Ports, Store, Transactions
from core.app.receipts import WithReceipts
from core.domain.people import SYSTEM
from core.gates.registry import GateRegistry, built_in_gates
from tests.core.evidence.samples import SIGNER
from tests.support.clock import MORNING, FakeClock, SequentialIds

ORIGIN = "example.com/log"
T = TypeVar("T")


def begun(store: Store, now: datetime = MORNING) -> None:
    """What the server does at its start: the log has its name, and the key is registered."""
    begin_log(store, ORIGIN, SequentialIds(), now)
    registered(Journal(store, SYSTEM, now), SIGNER.public_key_pem)


def ports_on(transactions: Transactions, clock: FakeClock | None = None, new_id: SequentialIds | None = None) -> Ports:
    """Ports with a clock that stands still, ids and secrets that count, the built-in gates and a fixed key."""
    numbers = count()
    return Ports(
        WithReceipts(transactions),
        clock or FakeClock(),
        new_id or SequentialIds(),
        lambda: f"{next(numbers):043}",
        SIGNER,
        GateRegistry(built_in_gates()),
    )


def done(use_case: Coroutine[Any, Any, T]) -> T:
    """Run what never waits, because its store is in memory, without an event loop."""
    try:
        use_case.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("a use case waited for something")
