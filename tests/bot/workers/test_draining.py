"""How a flood drains: as fast as Slack lets us and never before, with nothing called twice, and time told by a clock.

The Slack here limits as the real one does: 50 calls of `chat.update` a minute (tier 3), one message a second and
channel for `chat.postMessage`; what is too early is answered with 429 and `Retry-After`.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from core.app.outbox import Errand
from tests.support.clock import nth_id
from tests.support.limiting_slack import CHANNELS, MINUTE, TIER_3, LimitedQueue
from tests.support.memory import MemoryTransactions


def subjects(count: int) -> list[UUID]:
    return [nth_id(number) for number in range(1, count + 1)]


@pytest.fixture
def queue() -> LimitedQueue:
    return LimitedQueue(MemoryTransactions())


async def test_updates_drain_at_tier_3_each_once_though_each_was_asked_for_ten_times(queue: LimitedQueue) -> None:
    many = 20 * TIER_3
    await queue.ask(Errand.CARD, subjects(many), times=10)
    took = await queue.drained(MINUTE / 4)
    assert queue.slack.done == Counter(subjects(many))
    assert took == 19 * MINUTE
    assert queue.slack.too_early == 0


async def test_messages_drain_at_one_a_second_and_channel(queue: LimitedQueue) -> None:
    many = 20 * CHANNELS
    await queue.ask(Errand.DESK, subjects(many))
    took = await queue.drained(timedelta(seconds=0.25))
    assert len(queue.slack.done) == sum(queue.slack.done.values()) == many
    assert took <= timedelta(seconds=40)
    assert queue.slack.too_early == 0


async def test_a_card_that_changes_while_it_waits_is_updated_once_more_and_not_ten_times(queue: LimitedQueue) -> None:
    await queue.ask(Errand.CARD, subjects(TIER_3 + 1))
    await queue.run_what_is_due()
    await queue.ask(Errand.CARD, subjects(TIER_3 + 1), times=10)
    await queue.drained(MINUTE / 4)
    assert set(queue.slack.done.values()) == {1, 2}
    assert sum(queue.slack.done.values()) == 2 * TIER_3 + 1
