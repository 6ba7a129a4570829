"""Noticing that the wall clock was moved, by holding it against one that nobody can move.

A machine that slept looks the same as a clock that was set forward: both are told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.metrics import Metrics
from core.app.ports import Clock
from core.app.timekeeping import Timekeeping
from core.errors import UnavailableError

LOOK_SECONDS = 1.0
NOTICED = timedelta(seconds=2)
"""What clocks are corrected by without anybody being told: less than the times in evidence are read to."""
_log = structlog.get_logger(__name__)


class ClockWatch:
    """Looks once a second; what it finds is logged, counted and written into the audit log."""

    def __init__(
        self, timekeeping: Timekeeping, clock: Clock, metrics: Metrics, monotonic: Callable[[], float]
    ) -> None:
        self._timekeeping = timekeeping
        self._clock = clock
        self._metrics = metrics
        self._monotonic = monotonic
        self._stopped = asyncio.Event()
        self._offset = self._now_offset()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()

    async def run(self) -> None:
        """Look until `stop`."""
        await self._kept(self._begin)
        while not self._stopped.is_set():
            await self._kept(self.look)
            try:
                await asyncio.wait_for(self._stopped.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Tell by how much the clock was moved since the last look, if it was."""
        offset = self._now_offset()
        moved = timedelta(seconds=offset - self._offset)
        if abs(moved) < NOTICED:
            return
        await self._timekeeping.moved(moved)
        self._offset = offset
        self._told(moved, "the clock was moved")

    async def _begin(self) -> None:
        if missing := await self._timekeeping.behind():
            self._told(-missing, "the clock is behind what was written last")

    def _told(self, moved: timedelta, what: str) -> None:
        direction = "back" if moved < timedelta() else "forward"
        self._metrics.clock_moves.labels(direction).inc()
        hint = "Keep the machine's time by NTP. Times on either side of the entry clock:moved cannot be compared."
        _log.error(what, direction=direction, seconds=round(abs(moved).total_seconds()), hint=hint)

    async def _kept(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except UnavailableError as error:
            _log.warning("the clock's move could not be written down yet", problem=error.message)
        except Exception:  # whatever it was, the next look is a second away
            _log.exception("the clock could not be looked at")

    def _now_offset(self) -> float:
        return self._clock().timestamp() - self._monotonic()
