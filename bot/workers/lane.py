"""One lane of the outbox: errands that wait for each other, claimed so that no two replicas run the same one.

Those about one subject run one after the other, others beside each other. What takes long goes on beside the next
batches: one that waits for a slow workspace must not hold up the others. An errand that fails waits longer each time
(1 s, 2 s, 4 s ... 5 min), one that Slack limits waits as long as Slack says.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog

from bot.gateways.slack_client import NotNowError
from bot.logs import correlated
from bot.metrics import Metrics
from core.app.outbox import LONGEST_WAIT, Errand, OutboxEntry
from core.app.ports import Ports, Store
from core.errors import UnavailableError

Runner = Callable[[OutboxEntry], Awaitable[None]]
Turn = Callable[[], Awaitable[None]]
"""Returns when it is an errand's turn."""

LEASE = timedelta(seconds=10)
BATCH = 16
MOST_UNDER_WAY = 24
"""Subjects whose errands may be under way at once; each wants a connection to the database now and then."""
_ERROR_LENGTH = 500
_log = structlog.get_logger(__name__)


async def at_once() -> None:
    """The turn of what lets nobody go first."""


class Lane:
    """Runs the errands of one lane."""

    def __init__(
        self,
        errands: frozenset[Errand],
        ports: Ports,
        runners: Mapping[Errand, Runner],
        metrics: Metrics,
        turn: Turn,
    ) -> None:
        self.woken = asyncio.Event()
        self.errands = errands
        self._ports = ports
        self._runners = runners
        self._metrics = metrics
        self._turn = turn
        self._under_way: dict[UUID, asyncio.Task[int]] = {}

    async def run_batch(self, patience: float | None = None) -> tuple[int, int]:
        """Claim a batch and run it; how many errands were due, and how many did not have to wait for Slack's leave.

        What takes longer than `patience` (seconds) goes on and is counted when it is done. Raises UnavailableError,
        and what went wrong beside the errands.
        """
        await self._turn()
        now = self._ports.clock()
        room = min(BATCH, MOST_UNDER_WAY - len(self._under_way))
        entries = await self._claimed(now, room) if room > 0 else ()
        idle = [entry for entry in entries if entry.errand not in self._runners]
        await self._finish_idle(idle)
        subjects: dict[UUID, list[OutboxEntry]] = {}
        for entry in entries:
            if entry.errand in self._runners:
                subjects.setdefault(entry.subject_id, []).append(entry)
        for subject_id, own in subjects.items():
            before = self._under_way.get(subject_id)
            self._under_way[subject_id] = asyncio.create_task(self._one_by_one(own, before))
        return len(entries), await self.finish(patience) + len(idle)

    async def _finish_idle(self, entries: list[OutboxEntry]) -> None:
        """Be done with errands that have nobody to run them, such as cards without Slack: all in one transaction."""
        if not entries:
            return
        now = self._ports.clock()

        def body(store: Store) -> None:
            for entry in sorted(entries, key=lambda entry: entry.key):
                store.outbox.finish(entry, now)

        await self._ports.transactions.write(body)
        for entry in entries:
            self._metrics.errands.labels(entry.errand, "done").inc()

    async def _claimed(self, now: datetime, room: int) -> tuple[OutboxEntry, ...]:
        return await self._ports.transactions.write(
            lambda store: store.outbox.claim(now, now + LEASE, room, self.errands)
        )

    async def finish(self, patience: float | None) -> int:
        """Wait for what is under way, no longer than `patience`, and say how much of it ran."""
        if not self._under_way:
            return 0
        await asyncio.wait(self._under_way.values(), timeout=patience)
        done = {subject_id: task for subject_id, task in self._under_way.items() if task.done()}
        self._under_way = {subject_id: task for subject_id, task in self._under_way.items() if subject_id not in done}
        return sum(task.result() for task in done.values())

    async def let_go(self) -> None:
        """Leave what is still under way to whoever claims it next."""
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _one_by_one(self, entries: list[OutboxEntry], before: asyncio.Task[int] | None) -> int:
        waiting, ran = deque(entries), 0
        keeper = asyncio.create_task(self._keep(waiting))
        try:
            if before is not None:
                await asyncio.wait([before])
            while waiting:
                with correlated(waiting[0].correlation_id):
                    ran += await self._run(waiting[0])
                waiting.popleft()
        finally:
            keeper.cancel()
        return ran

    async def _run(self, entry: OutboxEntry) -> bool:
        """Run an errand; False where there was no use in trying now."""
        try:
            await self._runners[entry.errand](entry)
        except NotNowError as later:
            await self._put_off(entry, later.until, str(later), later.word)
            return False
        except Exception as error:  # whatever went wrong, the errand stays and is tried again
            wait = min(2**entry.attempts, LONGEST_WAIT.total_seconds())
            _log.warning("an errand failed", errand=entry.errand, subject=str(entry.subject_id), problem=_told(error))
            await self._put_off(entry, self._ports.clock() + timedelta(seconds=wait), _told(error), "failed")
        else:
            now = self._ports.clock()
            await self._ports.transactions.write(lambda store: store.outbox.finish(entry, now))
            self._metrics.errands.labels(entry.errand, "done").inc()
        return True

    async def _keep(self, entries: deque[OutboxEntry]) -> None:
        """Hold the claims for as long as the errands are not done."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            try:
                await self._ports.transactions.write(partial(self._hold, tuple(entries)))
            except UnavailableError as error:
                _log.warning("claims could not be held", problem=error.message)

    def _hold(self, entries: tuple[OutboxEntry, ...], store: Store) -> None:
        for entry in entries:
            store.outbox.hold(entry, self._ports.clock() + LEASE)

    async def _put_off(self, entry: OutboxEntry, due_at: datetime, problem: str, word: str) -> None:
        # Nothing is lost by looking too early: whoever may not be called yet is not called.
        soon = min(due_at, self._ports.clock() + LONGEST_WAIT)
        await self._ports.transactions.write(lambda store: store.outbox.put_off(entry, soon, problem))
        self._metrics.errands.labels(entry.errand, word).inc()


def _told(error: Exception) -> str:
    """An error in one line that holds no secret: Slack's errors by their word, others by kind and text."""
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:_ERROR_LENGTH]
