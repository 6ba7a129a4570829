"""How a flood drains: as fast as Slack lets us and never before, with nothing called twice, and time told by a clock.

The Slack here limits as the real one does: 50 calls of `chat.update` a minute (tier 3), one message a second and
channel for `chat.postMessage`; what is too early is answered with 429 and `Retry-After`.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from bot.gateways.slack_client import RateLimitedError
from bot.metrics import Metrics
from bot.workers.outbox import OutboxWorker
from core.app.outbox import Errand, OutboxEntry
from core.app.ports import Ports
from tests.support.clock import FakeClock, SequentialIds, nth_id
from tests.support.limiting_slack import CHANNELS, MINUTE, TIER_3, LimitingSlack
from tests.support.memory import MemoryTransactions
from tests.support.wired import ports_on


class Bot:
    """The worker with runners that call that Slack, as the client does: not again before Slack wants to be called."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.slack = LimitingSlack(self.clock)
        self.ports: Ports = ports_on(MemoryTransactions(), self.clock, SequentialIds())
        runners = {Errand.CARD: self.card, Errand.DESK: self.desk}
        self.worker = OutboxWorker(self.ports, runners, Metrics())
        self.runs = 0

    async def card(self, entry: OutboxEntry) -> None:
        self._leave("chat.update")
        self.slack.update(entry.subject_id)

    async def desk(self, entry: OutboxEntry) -> None:
        self._leave("chat.postMessage")
        self.slack.post(entry.subject_id)

    def _leave(self, method: str) -> None:
        self.runs += 1
        until = self.slack.closed_until.get(method, self.clock())
        if self.clock() < until:
            raise RateLimitedError(method, until)

    async def ask(self, errand: Errand, numbers: range, times: int = 1) -> None:
        now, subjects = self.clock(), [nth_id(number) for number in numbers]
        for _ in range(times):
            await self.ports.transactions.write(lambda store: store.outbox.put_each(errand, subjects, now))

    async def drain(self, step: timedelta) -> timedelta:
        """Let time pass step by step until nothing waits; gives how long it took."""
        began = self.clock()
        while True:
            while await self.worker.run_due():
                continue
            if not (await self.ports.transactions.read(lambda store: store.outbox.depth())).waiting:
                return self.clock() - began
            self.clock.advance(step)


@pytest.fixture
def bot() -> Bot:
    return Bot()


async def test_updates_drain_at_tier_3_each_once_though_each_was_asked_for_ten_times(bot: Bot) -> None:
    many = 20 * TIER_3
    await bot.ask(Errand.CARD, range(1, many + 1), times=10)
    took = await bot.drain(MINUTE / 4)
    assert bot.slack.done == Counter({nth_id(number): 1 for number in range(1, many + 1)})
    assert took == 19 * MINUTE
    assert bot.slack.too_early == 0


async def test_messages_drain_at_one_a_second_and_channel(bot: Bot) -> None:
    many = 20 * CHANNELS
    await bot.ask(Errand.DESK, range(1, many + 1))
    took = await bot.drain(timedelta(seconds=0.25))
    assert len(bot.slack.done) == sum(bot.slack.done.values()) == many
    assert took <= timedelta(seconds=40)
    assert bot.slack.too_early == 0


async def test_a_card_that_changes_while_it_waits_is_updated_once_more_and_not_ten_times(bot: Bot) -> None:
    await bot.ask(Errand.CARD, range(1, TIER_3 + 2), times=1)
    while await bot.worker.run_due():
        continue
    await bot.ask(Errand.CARD, range(1, TIER_3 + 2), times=10)
    await bot.drain(MINUTE / 4)
    assert set(bot.slack.done.values()) == {1, 2}
    assert sum(bot.slack.done.values()) == 2 * TIER_3 + 1
