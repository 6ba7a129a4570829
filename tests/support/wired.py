"""The use cases on given transactions, with everything else that they ask for made up."""

from __future__ import annotations

from itertools import count

from core.app.ports import Ports, Transactions
from core.gates.registry import GateRegistry, built_in_gates
from tests.core.evidence.samples import SIGNER
from tests.support.clock import FakeClock, SequentialIds


def ports_on(transactions: Transactions, clock: FakeClock | None = None, new_id: SequentialIds | None = None) -> Ports:
    """Ports with a clock that stands still, ids and secrets that count, the built-in gates and a fixed key."""
    numbers = count()
    return Ports(
        transactions,
        clock or FakeClock(),
        new_id or SequentialIds(),
        lambda: f"{next(numbers):043}",
        SIGNER,
        GateRegistry(built_in_gates()),
    )
