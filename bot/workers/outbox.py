"""Running errands after the commit: claimed so that no two replicas run the same one, repeated until they go well.

Errands that wait for each other make a lane, and every lane has its own turn: gates are looked at and cards kept
current while thousands of messages to people wait. An errand that fails waits longer each time (1 s, 2 s, 4 s ... 5
min), one that Slack limits waits as long as Slack says. Commits of this program wake the worker; a poll finds what
other replicas, or an earlier life, left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog

from bot.gateways.slack_client import NotNowError
from bot.logs import correlated
from bot.metrics import Metrics
from core.app.outbox import ALL_ERRANDS, LANES, Errand, OutboxEntry
from core.app.ports import Ports, Store
from core.errors import UnavailableError

Runner = Callable[[OutboxEntry], Awaitable[None]]

LEASE = timedelta(seconds=10)
POLL_SECONDS = 1.0
LIMITED_SECONDS = 0.2
"""A pause where Slack takes nothing, so that thousands of waiting errands are not turned over all the time."""
BATCH = 16
_LONGEST_WAIT = 300
_ERROR_LENGTH = 500
_log = structlog.get_logger(__name__)


class OutboxWorker:
    """Runs errands of all lanes at once; within a lane, those about one subject never at the same time."""

    def __init__(self, ports: Ports, runners: Mapping[Errand, Runner], metrics: Metrics) -> None:
        self._ports = ports
        self._runners = runners
        self._metrics = metrics
        self._woken = {lane: asyncio.Event() for lane in LANES}
        self._stopping = False

    def wake(self) -> None:
        """Something was committed that may have left an errand."""
        for woken in self._woken.values():
            woken.set()

    def stop(self) -> None:
        """Finish what is being run and take nothing more."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Run errands until `stop`."""
        await asyncio.gather(*(self._run_lane(lane) for lane in LANES))

    async def _run_lane(self, lane: frozenset[Errand]) -> None:
        while not self._stopping:
            self._woken[lane].clear()
            try:
                due, ran = await self._run_batch(lane)
            except UnavailableError as error:
                _log.warning("the outbox cannot be read", problem=error.message)
                due = ran = 0
            except Exception:  # whatever it was, the errands are still there and are tried again
                _log.exception("running errands failed")
                due = ran = 0
            if not ran:
                await self._rest(lane, LIMITED_SECONDS if due else POLL_SECONDS)

    async def run_due(self, among: frozenset[Errand] = ALL_ERRANDS) -> int:
        """Claim one batch of due errands, run them, and say how many there were."""
        return (await self._run_batch(among))[0]

    async def _run_batch(self, among: frozenset[Errand]) -> tuple[int, int]:
        """How many errands were due, and how many of them did not have to wait for Slack's leave."""
        now = self._ports.clock()
        entries = await self._ports.transactions.write(lambda store: store.outbox.claim(now, now + LEASE, BATCH, among))
        subjects: dict[UUID, list[OutboxEntry]] = {}
        for entry in entries:
            subjects.setdefault(entry.subject_id, []).append(entry)
        outcomes = await asyncio.gather(*(self._one_by_one(own) for own in subjects.values()), return_exceptions=True)
        ran = 0
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
            ran += outcome
        return len(entries), ran

    async def _one_by_one(self, entries: list[OutboxEntry]) -> int:
        ran = 0
        for entry in entries:
            with correlated(entry.correlation_id):
                ran += await self._run(entry)
        return ran

    async def _run(self, entry: OutboxEntry) -> bool:
        """Run an errand; False where there was no use in trying now."""
        runner = self._runners.get(entry.errand)
        keeper = asyncio.create_task(self._keep(entry))
        try:
            if runner is not None:
                await runner(entry)
        except NotNowError as later:
            await self._put_off(entry, later.until, str(later), later.word)
            return False
        except Exception as error:  # whatever went wrong, the errand stays and is tried again
            wait = min(2**entry.attempts, _LONGEST_WAIT)
            _log.warning("an errand failed", errand=entry.errand, subject=str(entry.subject_id), problem=_told(error))
            await self._put_off(entry, self._ports.clock() + timedelta(seconds=wait), _told(error), "failed")
        else:
            now = self._ports.clock()
            await self._ports.transactions.write(lambda store: store.outbox.finish(entry, now))
            self._metrics.errands.labels(entry.errand, "done").inc()
        finally:
            keeper.cancel()
        return True

    async def _keep(self, entry: OutboxEntry) -> None:
        """Hold the claim for as long as the run takes."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            try:
                await self._ports.transactions.write(partial(self._hold, entry))
            except UnavailableError as error:
                _log.warning("a claim could not be held", errand=entry.errand, problem=error.message)

    def _hold(self, entry: OutboxEntry, store: Store) -> None:
        store.outbox.hold(entry, self._ports.clock() + LEASE)

    async def _put_off(self, entry: OutboxEntry, due_at: datetime, problem: str, word: str) -> None:
        await self._ports.transactions.write(lambda store: store.outbox.put_off(entry, due_at, problem))
        self._metrics.errands.labels(entry.errand, word).inc()

    async def _rest(self, lane: frozenset[Errand], seconds: float) -> None:
        try:
            await asyncio.wait_for(self._woken[lane].wait(), seconds)
        except TimeoutError:
            return


def _told(error: Exception) -> str:
    """An error in one line that holds no secret: Slack's errors by their word, others by kind and text."""
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:_ERROR_LENGTH]
