"""A Slack that limits as the real one does: 50 calls of `chat.update` a minute (tier 3), one message a second and
channel for `chat.postMessage`; what is too early is answered with 429 and `Retry-After`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from bot.gateways.slack_client import RateLimitedError
from bot.metrics import Metrics
from bot.workers.outbox import OutboxWorker
from core.app.outbox import Errand, OutboxEntry
from core.app.ports import Transactions
from tests.support.clock import FakeClock, SequentialIds
from tests.support.wired import ports_on

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


class LimitedQueue:
    """The worker, with updates of cards and messages to people that go to that Slack. Time is told by a clock."""

    def __init__(self, transactions: Transactions) -> None:
        self.clock = FakeClock()
        self.slack = LimitingSlack(self.clock)
        self._ports = ports_on(transactions, self.clock, SequentialIds())
        self.worker = OutboxWorker(self._ports, {Errand.CARD: self._card, Errand.DESK: self._desk}, Metrics())

    async def ask(self, errand: Errand, subjects: Iterable[UUID], times: int = 1) -> None:
        now, wanted = self.clock(), [*subjects]
        for _ in range(times):
            await self._ports.transactions.write(lambda store: store.outbox.put_each(errand, wanted, now))

    async def run_what_is_due(self) -> None:
        while await self.worker.run_due():
            continue

    async def drained(self, step: timedelta) -> timedelta:
        """Let time pass step by step until nothing waits; gives how long it took."""
        began = self.clock()
        while True:
            await self.run_what_is_due()
            if not (await self._ports.transactions.read(lambda store: store.outbox.depth())).waiting:
                return self.clock() - began
            self.clock.advance(step)

    async def _card(self, entry: OutboxEntry) -> None:
        self._leave("chat.update")
        self.slack.update(entry.subject_id)

    async def _desk(self, entry: OutboxEntry) -> None:
        self._leave("chat.postMessage")
        self.slack.post(entry.subject_id)

    def _leave(self, method: str) -> None:
        """As SlackClient does: no call before Slack wants to be called."""
        until = self.slack.closed_until.get(method, self.clock())
        if self.clock() < until:
            raise RateLimitedError(method, until)
