"""Running errands after the commit. Every lane has its own turn: gates are looked at and cards kept current while
thousands of messages to people wait.

Commits of this program wake the worker; a poll finds what other replicas, or an earlier life, left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

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


class OutboxWorker:
    """Runs errands of all lanes beside each other."""

    def __init__(self, ports: Ports, runners: Mapping[Errand, Runner], metrics: Metrics, turn: Turn = at_once) -> None:
        """`turn` is waited for before messages are seen to. Gates are looked at at once: decisions hang on them."""
        self._lanes = tuple(
            Lane(errands, ports, runners, metrics, at_once if Errand.EVALUATE in errands else turn) for errands in LANES
        )
        self._stopping = False
        self._slow: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Something was committed that may have left an errand."""
        for lane in self._lanes:
            lane.woken.set()

    def stop(self) -> None:
        """Finish what is being run and take nothing more."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Run errands until `stop`, then finish those that have begun."""
        await asyncio.gather(*map(self._run_lane, self._lanes))

    async def run_due(self, patience: float | None = None) -> int:
        """Run one batch of every lane, waiting no longer than `patience` for each, and say how much was due or done."""
        return sum([max(await lane.run_batch(patience)) for lane in self._lanes])

    async def _run_lane(self, lane: Lane) -> None:
        while not self._stopping:
            lane.woken.clear()
            try:
                due, ran = await lane.run_batch(PATIENCE_SECONDS)
            except UnavailableError as error:
                _log.warning("the outbox cannot be read", problem=error.message)
                due = ran = 0
            except Exception:  # whatever it was, the errands are still there and are tried again
                _log.exception("running errands failed")
                due = ran = 0
            if not ran:
                await _rest(lane, LIMITED_SECONDS if due else POLL_SECONDS)
        await lane.finish(GRACE_SECONDS)
        await lane.let_go()


async def _rest(lane: Lane, seconds: float) -> None:
    try:
        await asyncio.wait_for(lane.woken.wait(), seconds)
    except TimeoutError:
        return
