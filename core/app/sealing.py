"""Transactions that may seal a decision, by a key in memory or by one that is elsewhere.

A key in memory signs inside the transaction. One that is elsewhere (an HSM, a KMS, Vault) may be slow or silent, and a
transaction waits for nobody. Then the same body runs twice, at one moment and with the same new ids:

 1. as a plan: it does everything, notes what it would sign, and is rolled back;
 2. outside of any transaction, what it noted is signed;
 3. for good: it does everything again, and finds the signature of each message that it signs.

The second run is a whole one: votes, gates, groups and the row's version are looked at anew. Where something has
changed in between, it signs other bytes, for which there is no signature, and all begins again with a new moment. So
nothing is stored before it can be stored whole, a crash at any point leaves what was there before, and of decisions
that race one is committed and the others find it decided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar
from uuid import UUID

from core.app.ports import Ports, SignElsewhere, Store
from core.errors import UnavailableError

T = TypeVar("T")

ROUNDS = 5
"""How often it is begun again, before somebody is told to try later."""

_NOT_YET = b"\x30\x06\x02\x01\x00\x02\x01\x00"
"""Stands in a plan for a signature. It is no valid one, of whatever message."""


class _UnsignedError(Exception):
    """Rolls back a run that had to sign what nobody has signed yet."""


async def write_sealed(ports: Ports, body: Callable[[Ports, Store], T]) -> T:
    """Run a transaction whose body seals with the signer of the ports it is given.

    Raises what the body raises, and UnavailableError where a key elsewhere does not sign; then nothing is stored.
    """
    if ports.sign_elsewhere is None:
        return await ports.transactions.write(lambda store: body(ports, store))
    for _ in range(ROUNDS):
        plan = _Plan(ports)
        try:
            return await ports.transactions.write(partial(plan.run, body))
        except _UnsignedError:
            await plan.fill(ports.sign_elsewhere)
        try:
            return await ports.transactions.write(partial(plan.run, body))
        except _UnsignedError:
            continue
    raise UnavailableError("Others kept changing this while it was being signed", hint="Try again in a moment.")


async def signed(ports: Ports, message: bytes) -> bytes:
    """Sign outside of any transaction, wherever the key is. Raises UnavailableError where one elsewhere does not."""
    if ports.sign_elsewhere is None:
        return ports.signer.sign(message)
    (signature,) = await ports.sign_elsewhere([message])
    return signature


class _Plan:
    """One moment, the ids drawn in it, and the signatures there are so far. It is the signer of its own ports."""

    def __init__(self, ports: Ports) -> None:
        now = ports.clock()
        self.key_ref = ports.signer.key_ref
        self._new_id = ports.new_id
        self._ids: list[UUID] = []
        self._drawn = 0
        self._signatures: dict[bytes, bytes] = {}
        self._unsigned: list[bytes] = []
        self._ports = replace(ports, clock=lambda: now, new_id=self._next_id, signer=self)

    def run(self, body: Callable[[Ports, Store], T], store: Store) -> T:
        """Run the body from the start. Raises _UnsignedError at its end where a signature was missing."""
        self._drawn, self._unsigned = 0, []
        outcome = body(self._ports, store)
        if self._unsigned:
            raise _UnsignedError
        return outcome

    def sign(self, message: bytes) -> bytes:
        """Give the signature there is, or note that one is wanted."""
        if message not in self._signatures:
            self._unsigned.append(message)
        return self._signatures.get(message, _NOT_YET)

    async def fill(self, sign_elsewhere: SignElsewhere) -> None:
        """Have everything signed that the last run wanted."""
        signatures = await sign_elsewhere(self._unsigned)
        self._signatures.update(zip(self._unsigned, signatures, strict=True))

    def _next_id(self) -> UUID:
        if self._drawn == len(self._ids):
            self._ids.append(self._new_id())
        self._drawn += 1
        return self._ids[self._drawn - 1]
