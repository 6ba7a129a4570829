"""Reminders that somebody asked for: once to each, kept current, and to nobody who is done."""

from __future__ import annotations

import pytest

from bot.workers.delivery import SlackDelivery
from bot.workers.errands import runners
from bot.workers.outbox import OutboxWorker
from core.app.deciding import CastVote
from core.app.outbox import Errand
from core.domain.promotion import Promotion, VoteChoice
from tests.support.bench import Bench
from tests.support.workspaces import only


@pytest.fixture
def worker(bench: Bench) -> OutboxWorker:
    delivery = SlackDelivery(only(bench.client), bench.ports)
    return OutboxWorker(bench.ports, runners(bench.countersign, delivery, None, bench.metrics), bench.metrics)


async def drain(worker: OutboxWorker) -> None:
    while await worker.run_due():
        pass


async def remind(bench: Bench, promotion: Promotion) -> None:
    await bench.countersign.asking.remind(bench.actor("alice"), promotion.id)


def reminders(bench: Bench, handle: str) -> list[str]:
    return [each.words for each in bench.slack.messages(bench.slack.dm(handle)) if "A reminder" in each.words]


async def test_everybody_who_may_still_approve_is_told_again_once(bench: Bench, worker: OutboxWorker) -> None:
    promotion = await bench.promotion()
    await drain(worker)
    await remind(bench, promotion)
    await drain(worker)
    now = bench.ports.clock()
    await bench.ports.transactions.write(lambda store: store.outbox.put(Errand.REMIND, promotion.id, now))
    await drain(worker)
    assert [len(reminders(bench, who)) for who in ("alice", "bob", "carol")] == [0, 1, 1]


async def test_whoever_has_voted_meanwhile_is_not_reminded(bench: Bench, worker: OutboxWorker) -> None:
    promotion = await bench.promotion(approvals=2)
    await drain(worker)
    await remind(bench, promotion)
    await bench.countersign.deciding.vote(bench.actor("bob"), CastVote(promotion.id, VoteChoice.APPROVED))
    await drain(worker)
    assert [len(reminders(bench, who)) for who in ("bob", "carol")] == [0, 1]


async def test_a_reminder_says_when_it_is_over(bench: Bench, worker: OutboxWorker) -> None:
    promotion = await bench.promotion()
    await remind(bench, promotion)
    await drain(worker)
    await bench.countersign.deciding.vote(bench.actor("bob"), CastVote(promotion.id, VoteChoice.APPROVED))
    await drain(worker)
    assert not any("promotion.approve" in str(each.blocks) for each in bench.slack.messages(bench.slack.dm("carol")))
