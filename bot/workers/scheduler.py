"""What time alone brings about: expiry, gates looked at again, old answers forgotten. One replica at a time does it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from core.app.countersign import Countersign
from core.app.homes import REMEMBERED
from core.app.outbox import Errand
from core.app.ports import ANSWERS_KEPT, Store
from core.errors import SigningUnavailableError, UnavailableError

TICK_SECONDS = 1.0
LOOK_AGAIN = timedelta(minutes=10)
"""How often everything open is looked at, in case that something changed and nobody said so."""
LOOKS = 200
FORGET = timedelta(hours=1)
PUT_OFF_AGAIN = timedelta(seconds=10)
USERGROUPS_AGAIN = timedelta(minutes=15)
_LEASE = timedelta(seconds=10)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """Something else to do every so often, by one replica at a time."""

    name: str
    period: timedelta
    work: Callable[[], Awaitable[object]]


class Scheduler:
    """Ticks once a second while it holds the lease, and right when gates are to be looked at again."""

    def __init__(
        self,
        countersign: Countersign,
        holder: str,
        rounds: Sequence[Round] = (),
        monotonic: Callable[[], float] | None = None,
    ) -> None:
        """`monotonic` is what periods are measured by, in seconds; the clock itself where none is given."""
        self._countersign = countersign
        self._ports = countersign.ports
        self._holder = holder
        self._rounds = rounds
        self._stopped = asyncio.Event()
        self._monotonic = monotonic or (lambda: self._ports.clock().timestamp())
        self._next: dict[str, float] = {}
        self._next_look: datetime | None = None

    def stop(self) -> None:
        """Finish the tick and make no other."""
        self._stopped.set()

    async def run(self) -> None:
        """Tick until `stop`."""
        while not self._stopped.is_set():
            try:
                await self.tick()
            except UnavailableError as error:
                _log.warning("the scheduler cannot work", problem=error.message)
            except Exception:  # whatever it was, time goes on: the next tick tries again
                _log.exception("a tick of the scheduler failed")
            try:
                await asyncio.wait_for(self._stopped.wait(), self.rest())
            except TimeoutError:
                continue

    async def tick(self) -> None:
        """Do what is due, if no other replica does."""
        now = self._ports.clock()
        if not await self._ports.transactions.write(
            lambda store: store.leases.take("scheduler", self._holder, now, now + _LEASE)
        ):
            return
        await self._expire()
        await self._look_in_time()
        await self._every("look again", LOOK_AGAIN, self._look_again)
        await self._every("user groups", USERGROUPS_AGAIN, self._countersign.syncing.ask_soon)
        await self._every("forget", FORGET, self._forget)
        await self._every("errands put off", PUT_OFF_AGAIN, self._take_back)
        for each in self._rounds:
            await self._every(each.name, each.period, each.work)

    async def _expire(self) -> None:
        """Close what is past its time. Where the key does not sign that waits, and nothing else waits for it."""
        try:
            await self._countersign.deciding.expire_due()
        except SigningUnavailableError as error:
            _log.warning("promotions past their time cannot be closed", problem=error.message)

    async def _every(self, name: str, period: timedelta, work: Callable[[], Awaitable[object]]) -> None:
        now = self._monotonic()
        if now >= self._next.get(name, now):
            self._next[name] = now + period.total_seconds()
            await work()

    def rest(self) -> float:
        """Seconds until the next tick: a second, or less where gates are to be looked at sooner."""
        if self._next_look is None:
            return TICK_SECONDS
        ahead = (self._next_look - self._ports.clock()).total_seconds()
        return min(max(ahead, 0.01), TICK_SECONDS) if ahead > 0 else TICK_SECONDS

    async def _look_in_time(self) -> None:
        """Have the gates evaluated of the promotions whose outlook named this moment, and see when the next one is."""
        now = self._ports.clock()

        def due(store: Store) -> tuple[tuple[UUID, ...], datetime | None]:
            return store.promotions.to_look_at(now, LOOKS), store.promotions.next_look()

        def ask(store: Store) -> None:
            for promotion_id in passed:
                store.outbox.put(Errand.EVALUATE, promotion_id, now)

        passed, self._next_look = await self._ports.transactions.read(due)
        if passed:
            await self._ports.transactions.write(ask)
            self._ports.wake()

    async def _look_again(self) -> None:
        """Have the gates of all open promotions evaluated."""
        now = self._ports.clock()

        def body(store: Store) -> None:
            for promotion_id in store.promotions.open_ids():
                store.outbox.put(Errand.EVALUATE, promotion_id, now)

        await self._ports.transactions.write(body)
        self._ports.wake()

    async def _take_back(self) -> None:
        """Let errands be due again that were put off, or held, by a clock that has been set back since."""
        now = self._ports.clock()
        taken = await self._ports.transactions.write(lambda store: store.outbox.take_back(now))
        if taken:
            _log.warning("errands waited for a time that a wrong clock had named; they are due now", errands=taken)
            self._ports.wake()

    async def _forget(self) -> None:
        now = self._ports.clock()

        def body(store: Store) -> None:
            store.answers.forget_before(now - ANSWERS_KEPT)
            store.homes.forget_before(now - REMEMBERED)
            store.installations.forget_spent(now)

        await self._ports.transactions.write(body)
