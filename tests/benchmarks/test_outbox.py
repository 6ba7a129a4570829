"""10,000 waiting updates drain as fast as Slack's limits let them; what changed ten times meanwhile is updated once.

The limits are Slack's, the clock is made up: hours pass in seconds. The worker, its lanes and the database are real.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from bot.db.database import Database
from bot.workers.delivery import SlackDelivery
from bot.workers.outbox import OutboxWorker
from core.app.deciding import CastVote
from core.app.drafts import GroupDraft, PersonDraft
from core.app.outbox import Errand
from core.domain.people import SYSTEM, Actor, ActorKind, ActorRef
from core.domain.promotion import Status, VoteChoice
from tests.support.bench import Bench
from tests.support.clock import nth_id
from tests.support.figures import Figures
from tests.support.limiting_slack import CHANNELS, MINUTE, TIER_3, LimitedQueue
from tests.support.workspaces import only

WAITING, FEW_WAITING = 10_000, 200
TIMES = 10
SLOWER = 1.2
STEP = timedelta(seconds=1)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("errand", [Errand.CARD, Errand.DESK])
async def test_waiting_updates_drain_at_slacks_own_limits(
    database: Database, errand: Errand, figures: Figures, short: bool
) -> None:
    waiting = FEW_WAITING if short else WAITING
    queue = LimitedQueue(database)
    subjects = [nth_id(number) for number in range(1, waiting + 1)]
    await queue.ask(errand, subjects, TIMES)
    took = (await queue.drained(STEP)).total_seconds()
    is_card = errand is Errand.CARD
    least = (waiting / TIER_3 - 1) * MINUTE.total_seconds() if is_card else waiting / CHANNELS - 1
    method = "chat.update" if is_card else "chat.postMessage"
    name = f"{waiting:,} waiting {method} to what Slack lets through, {database.kind}"
    figures.at_most(name, took / least, SLOWER, about=f"{took:,.0f} s of Slack's time, {least:,.0f} at least", noise=1)
    doubled = sum((queue.slack.done - Counter(subjects)).values())
    lost = len(set(subjects) - set(queue.slack.done))
    figures.exactly(f"calls more than one for each of {waiting:,}, {method}, {database.kind}", doubled, 0)
    figures.exactly(f"updates lost of {waiting:,}, {method}, {database.kind}", lost, 0)
    figures.exactly(f"calls before their Retry-After, {method}, {database.kind}", queue.slack.too_early, 0)


async def test_a_card_that_changed_ten_times_meanwhile_is_updated_once(bench: Bench, figures: Figures) -> None:
    admin, voters = bench.countersign.administering, []
    for number in range(TIMES):
        draft = PersonDraft(f"voter{number}@example.com", f"Voter {number}")
        voters.append(await admin.create_person(SYSTEM, draft))
    await admin.create_group(SYSTEM, GroupDraft("voters", tuple(each.email for each in voters)))
    promotion = await bench.promotion(approvals=TIMES, groups=("voters",))
    delivery = SlackDelivery(only(bench.client), bench.ports)
    worker = OutboxWorker(bench.ports, delivery.runners(), bench.metrics)
    while await worker.run_due():
        continue
    for voter in voters:
        actor = Actor(ActorRef(ActorKind.PERSON, voter.id, voter.name), "rest")
        promotion = await bench.countersign.deciding.vote(actor, CastVote(promotion.id, VoteChoice.APPROVED))
    assert promotion.status is Status.APPROVED
    while await worker.run_due():
        continue
    updates = bench.metrics.slack_calls.labels("chat.update", "ok")._value.get()
    figures.exactly("updates of a card that changed ten times meanwhile", int(updates), 1)
