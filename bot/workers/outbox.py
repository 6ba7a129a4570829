"""Running errands after the commit: claimed so that no two replicas run the same one, repeated until they go well.

An errand that fails waits longer each time (1 s, 2 s, 4 s ... 5 min), one that Slack limits waits as long as Slack
says. Commits of this program wake the worker; a poll finds what other replicas, or an earlier life, left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.gateways.slack_client import NotNowError
from bot.logs import correlated
from bot.metrics import Metrics
from core.app.outbox import EVERY_ERRAND, Errand, OutboxEntry
from core.app.ports import Ports, Store
from core.errors import UnavailableError

Runner = Callable[[OutboxEntry], Awaitable[None]]

AT_ONCE = frozenset({Errand.EVALUATE, Errand.ASK})
"""Errands that Slack has no part in: they are taken by themselves, so that they never wait for its pace."""
IN_TURN = EVERY_ERRAND - AT_ONCE
SLOW = frozenset({Errand.ASK})
"""Errands that wait for strangers: nothing waits for them, not even what else there is to do for their promotion."""
LEASE = timedelta(seconds=10)
POLL_SECONDS = 1.0
BATCH = 16
_LONGEST_WAIT = 300
_ERROR_LENGTH = 500
_log = structlog.get_logger(__name__)


class OutboxWorker:
    """Runs errands one after the other in a few lanes; messages about one promotion are never sent at the same time."""

    def __init__(self, ports: Ports, runners: Mapping[Errand, Runner], metrics: Metrics) -> None:
        self._ports = ports
        self._runners = runners
        self._metrics = metrics
        self._woken = {AT_ONCE: asyncio.Event(), IN_TURN: asyncio.Event()}
        self._stopping = False
        self._slow: set[asyncio.Task[None]] = set()

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
        await asyncio.gather(*(self._run_until_stopped(errands) for errands in self._woken))
        await self.cancel_slow()

    async def _run_until_stopped(self, errands: frozenset[Errand]) -> None:
        woken = self._woken[errands]
        while not self._stopping:
            woken.clear()
            try:
                ran = await self.run_due(errands)
            except UnavailableError as error:
                _log.warning("the outbox cannot be read", problem=error.message)
                ran = 0
            except Exception:  # whatever it was, the errands are still there and are tried again
                _log.exception("running errands failed")
                ran = 0
            if not ran:
                await _rest(woken)

    async def cancel_slow(self) -> None:
        """Let go of slow errands: they are done again by whoever claims them next."""
        for task in self._slow:
            task.cancel()
        await asyncio.gather(*self._slow, return_exceptions=True)

    async def run_due(self, errands: frozenset[Errand] = EVERY_ERRAND) -> int:
        """Claim one batch of due errands, run them, and say how many there were. Slow ones go on by themselves."""
        now = self._ports.clock()
        entries = await self._ports.transactions.write(
            lambda store: store.outbox.claim(now, now + LEASE, BATCH, errands)
        )
        lanes: dict[object, list[OutboxEntry]] = {}
        for entry in entries:
            if entry.errand in SLOW:
                self._start(entry)
            else:
                lanes.setdefault(entry.subject_id, []).append(entry)
        outcomes = await asyncio.gather(*(self._lane(lane) for lane in lanes.values()), return_exceptions=True)
        for failure in filter(None, outcomes):
            raise failure
        return len(entries)

    async def slow_done(self) -> None:
        """Wait until the slow errands that were begun are done."""
        await asyncio.gather(*self._slow, return_exceptions=True)

    def _start(self, entry: OutboxEntry) -> None:
        task = asyncio.create_task(self._lane([entry]))
        self._slow.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._slow.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("a slow errand could not be put away", problem=_told_of(error))
        self.wake()

    async def _lane(self, entries: list[OutboxEntry]) -> None:
        for entry in entries:
            with correlated(entry.correlation_id):
                await self._run(entry)

    async def _run(self, entry: OutboxEntry) -> None:
        runner = self._runners.get(entry.errand)
        keeper = asyncio.create_task(self._keep(entry))
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
        finally:
            keeper.cancel()

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


async def _rest(woken: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(woken.wait(), POLL_SECONDS)
    except TimeoutError:
        return


def _told_of(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:_ERROR_LENGTH]


def _told(error: Exception) -> str:
    """An error in one line that holds no secret: Slack's errors by their word, others by kind and text."""
    return _told_of(error).replace("\n", " ")
