"""A Slack that limits as the real one does: 50 calls of `chat.update` a minute (tier 3), one message a second and
channel for `chat.postMessage`; what is too early is answered with 429 and `Retry-After`.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from bot.gateways.slack_client import RateLimitedError
from tests.support.clock import FakeClock

MINUTE = timedelta(minutes=1)
TIER_3 = 50
CHANNELS = 25


class LimitingSlack:
    """Two methods with their limits; notes what was changed, and when."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._window = clock()
        self._in_window = 0
        self._spoken: dict[int, datetime] = {}
        self.closed_until: dict[str, datetime] = {}
        self.done: Counter[UUID] = Counter()
        self.too_early = 0

    def update(self, subject: UUID) -> None:
        now = self._clock()
        if now >= self._window + MINUTE:
            self._window, self._in_window = now, 0
        if self._in_window >= TIER_3:
            self._limit("chat.update", self._window + MINUTE)
        self._in_window += 1
        self.done[subject] += 1

    def post(self, subject: UUID) -> None:
        channel, now = subject.int % CHANNELS, self._clock()
        last = self._spoken.get(channel)
        if last is not None and now < last + timedelta(seconds=1):
            self._limit("chat.postMessage", last + timedelta(seconds=1))
        self._spoken[channel] = now
        self.done[subject] += 1

    def _limit(self, method: str, until: datetime) -> None:
        if self._clock() < self.closed_until.get(method, self._clock()):
            self.too_early += 1
        self.closed_until[method] = until
        raise RateLimitedError(method, until)
