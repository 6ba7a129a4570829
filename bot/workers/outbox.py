"""Running errands after the commit. Every lane has its own turn: gates are looked at and cards kept current while
thousands of messages to people wait.

Commits of this program wake the worker; a poll finds what other replicas, or an earlier life, left. Either way it looks
which errands are due, and wakes their lanes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Set
from typing import TypeVar

import structlog

from bot.metrics import Metrics
from bot.workers.lane import Lane, Runner, Turn, at_once
from core.app.outbox import LANES, Errand
from core.app.ports import Ports
from core.errors import UnavailableError

POLL_SECONDS = 1.0
LIMITED_SECONDS = 0.2
"""A pause where Slack takes nothing, so that thousands of waiting errands are not turned over all the time."""
PATIENCE_SECONDS = 0.5
"""How long a batch is waited for before the next one is taken beside it."""
GRACE_SECONDS = 10.0
"""How long what is under way may take to end when the program stops; whoever comes next does the rest again."""
_log = structlog.get_logger(__name__)
T = TypeVar("T")


class OutboxWorker:
    """Runs errands of all lanes beside each other."""

    def __init__(self, ports: Ports, runners: Mapping[Errand, Runner], metrics: Metrics, turn: Turn = at_once) -> None:
        """`turn` is waited for before messages are seen to. Gates are looked at at once: decisions hang on them."""
        self._lanes = tuple(
            Lane(errands, ports, runners, metrics, at_once if Errand.EVALUATE in errands else turn) for errands in LANES
        )
        self._ports = ports
        self._stopping = False
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something was committed that may have left an errand."""
        self._woken.set()

    def stop(self) -> None:
        """Finish what is being run and take nothing more."""
        self._stopping = True
        self.wake()
        for lane in self._lanes:
            lane.woken.set()

    async def run(self) -> None:
        """Run errands until `stop`, then finish those that have begun."""
        await asyncio.gather(self._look(), *map(self._run_lane, self._lanes))

    async def run_due(self, patience: float | None = None) -> int:
        """Run one batch of every lane, waiting no longer than `patience` for each, and say how much was due or done."""
        return sum([max(await lane.run_batch(patience)) for lane in self._lanes])

    async def _look(self) -> None:
        """Wake the lanes that have something to do: one read, where a claim by every lane would be as many writes."""
        while not self._stopping:
            self._woken.clear()
            due = await self._due()
            for lane in self._lanes:
                if lane.errands & due:
                    lane.woken.set()
            await _rest(self._woken, POLL_SECONDS)

    async def _due(self) -> Set[Errand]:
        now = self._ports.clock()
        look = self._ports.transactions.read(lambda store: store.outbox.due(now))
        return await _outlived(look, "the outbox cannot be read") or frozenset()

    async def _run_lane(self, lane: Lane) -> None:
        while not self._stopping:
            await lane.woken.wait()
            lane.woken.clear()
            due, ran = await _outlived(lane.run_batch(PATIENCE_SECONDS), "errands were not seen to") or (0, 0)
            if due and not ran:
                await _rest(lane.woken, LIMITED_SECONDS)
            if due or ran:
                self.wake()
        await _outlived(lane.finish(GRACE_SECONDS), "errands were not seen to")
        await lane.let_go()


async def _outlived(work: Awaitable[T], problem: str) -> T | None:
    """What `work` gives; None where it fails, which is logged. Whatever it was, the errands are still there."""
    try:
        return await work
    except UnavailableError as error:
        _log.warning(problem, problem=error.message)
    except Exception:
        _log.exception(problem)
    return None


async def _rest(woken: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(woken.wait(), seconds)
    except TimeoutError:
        return
