"""Running errands after the commit: claimed so that no two replicas run the same one, repeated until they go well.

An errand that fails waits longer each time (1 s, 2 s, 4 s ... 5 min), one that Slack limits waits as long as Slack
says. Commits of this program wake the worker; a poll finds what other replicas, or an earlier life, left.
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
from core.app.outbox import Errand, OutboxEntry
from core.app.ports import Ports, Store
from core.errors import UnavailableError

Runner = Callable[[OutboxEntry], Awaitable[None]]

LEASE = timedelta(seconds=10)
POLL_SECONDS = 1.0
PATIENCE_SECONDS = 0.5
"""How long a batch is waited for before the next one is taken beside it."""
BATCH = 16
_LONGEST_WAIT = 300
_ERROR_LENGTH = 500
_log = structlog.get_logger(__name__)


class OutboxWorker:
    """Runs errands in a few lanes beside each other; errands about one promotion never run at the same time."""

    def __init__(self, ports: Ports, runners: Mapping[Errand, Runner], metrics: Metrics) -> None:
        self._ports = ports
        self._runners = runners
        self._metrics = metrics
        self._woken = asyncio.Event()
        self._stopping = False
        self._slow: dict[UUID, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """Something was committed that may have left an errand."""
        self._woken.set()

    def stop(self) -> None:
        """Finish what is being run and take nothing more."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Run errands until `stop`, then finish those that have begun."""
        while not self._stopping:
            self._woken.clear()
            try:
                ran = await self.run_due(PATIENCE_SECONDS)
            except UnavailableError as error:
                _log.warning("the outbox cannot be read", problem=error.message)
                ran = 0
            except Exception:  # whatever it was, the errands are still there and are tried again
                _log.exception("running errands failed")
                ran = 0
            if not ran:
                await self._rest()
        await self._finish(None)

    async def run_due(self, patience: float | None = None) -> int:
        """Claim one batch of due errands, run them, and say how many there were.

        With `patience` (seconds), what takes longer goes on beside the next batches: one that waits for a slow
        workspace must not hold up the others.
        """
        now = self._ports.clock()
        room = max(BATCH - len(self._slow), BATCH // 4)
        entries = await self._ports.transactions.write(lambda store: store.outbox.claim(now, now + LEASE, room))
        lanes: dict[UUID, list[OutboxEntry]] = {}
        for entry in entries:
            lanes.setdefault(entry.subject_id, []).append(entry)
        for subject_id, lane in lanes.items():
            self._slow[subject_id] = asyncio.create_task(self._lane(lane, self._slow.get(subject_id)))
        await self._finish(patience)
        return len(entries)

    async def _finish(self, patience: float | None) -> None:
        """Wait for the lanes under way, no longer than `patience`. Raises what went wrong beside the errands."""
        if not self._slow:
            return
        await asyncio.wait(self._slow.values(), timeout=patience)
        done = {subject_id: lane for subject_id, lane in self._slow.items() if lane.done()}
        self._slow = {subject_id: lane for subject_id, lane in self._slow.items() if subject_id not in done}
        for failure in filter(None, (lane.exception() for lane in done.values())):
            raise failure

    async def _lane(self, entries: list[OutboxEntry], before: asyncio.Task[None] | None) -> None:
        waiting = deque(entries)
        keeper = asyncio.create_task(self._keep(waiting))
        try:
            if before is not None:
                await asyncio.wait([before])
            while waiting:
                with correlated(waiting[0].correlation_id):
                    await self._run(waiting[0])
                waiting.popleft()
        finally:
            keeper.cancel()

    async def _run(self, entry: OutboxEntry) -> None:
        runner = self._runners.get(entry.errand)
        try:
            if runner is not None:
                await runner(entry)
        except NotNowError as later:
            await self._put_off(entry, later.until, str(later), later.word)
        except Exception as error:  # whatever went wrong, the errand stays and is tried again
            wait = min(2**entry.attempts, _LONGEST_WAIT)
            _log.warning("an errand failed", errand=entry.errand, subject=str(entry.subject_id), problem=_told(error))
            await self._put_off(entry, self._ports.clock() + timedelta(seconds=wait), _told(error), "failed")
        else:
            now = self._ports.clock()
            await self._ports.transactions.write(lambda store: store.outbox.finish(entry, now))
            self._metrics.errands.labels(entry.errand, "done").inc()

    async def _keep(self, entries: deque[OutboxEntry]) -> None:
        """Hold the claims of a lane for as long as its errands are not done."""
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
        await self._ports.transactions.write(lambda store: store.outbox.put_off(entry, due_at, problem))
        self._metrics.errands.labels(entry.errand, word).inc()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
        except TimeoutError:
            return


def _told(error: Exception) -> str:
    """An error in one line that holds no secret: Slack's errors by their word, others by kind and text."""
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:_ERROR_LENGTH]
