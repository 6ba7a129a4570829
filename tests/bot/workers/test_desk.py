"""What approvers are told by direct message, as they see it in Slack."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from bot.playground.seen import Seen
from bot.workers.delivery import SlackDelivery
from bot.workers.errands import runners
from bot.workers.outbox import OutboxWorker
from bot.workers.reconciler import Reconciler
from core.app.deciding import CancelPromotion, CastVote
from core.app.drafts import GroupDraft, NotifyDraft
from core.domain.notify import Via
from core.domain.people import SYSTEM
from core.domain.promotion import Promotion, VoteChoice
from core.domain.quiet import QuietHours
from tests.support.bench import Bench
from tests.support.workspaces import only


class Desk:
    """The workers of a bench, to be run to the end, and time to pass."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        delivery = SlackDelivery(only(bench.client), bench.ports)
        self.worker = OutboxWorker(
            bench.ports, runners(bench.countersign, delivery, None, bench.metrics), bench.metrics
        )
        self.rounds = Reconciler(only(bench.client), bench.ports, bench.metrics)

    async def settle(self) -> None:
        while await self.worker.run_due():
            continue

    async def pass_time(self, *, hours: float = 0, minutes: float = 0) -> None:
        """Let time pass, and do what is due then."""
        self.bench.clock.advance(hours=hours, minutes=minutes)
        await self.rounds.call_in_time()
        await self.bench.countersign.notifying.due()
        await self.settle()

    def told(self, handle: str) -> list[Seen]:
        return self.bench.slack.messages(self.bench.slack.dm(handle))


@pytest.fixture
def desk(bench: Bench) -> Desk:
    return Desk(bench)


async def approve(bench: Bench, handle: str, promotion: Promotion) -> None:
    await bench.countersign.deciding.vote(bench.actor(handle), CastVote(promotion.id, VoteChoice.APPROVED, ""))


async def test_one_reminder_comes_at_half_of_the_time_and_only_to_those_who_have_not_voted(desk: Desk) -> None:
    promotion = await desk.bench.promotion(approvals=2)
    await desk.settle()
    await approve(desk.bench, "bob", promotion)
    await desk.pass_time(hours=11)
    assert len(desk.told("carol")) == 1
    for _ in range(3):
        await desk.pass_time(hours=2)
    assert len(desk.told("bob")) == 1
    assert [("Reminder" in seen.words) for seen in desk.told("carol")] == [False, True]
    assert desk.told("alice") == []


async def test_the_reminder_says_how_it_ended_too(desk: Desk) -> None:
    promotion = await desk.bench.promotion()
    await desk.settle()
    await desk.pass_time(hours=13)
    await approve(desk.bench, "bob", promotion)
    await desk.settle()
    for seen in (*desk.told("bob"), *desk.told("carol")):
        assert "promotion.approve" not in str(seen.blocks)
        assert "Decided" in seen.words


async def test_what_comes_in_quiet_hours_waits_for_the_morning_as_one_message(desk: Desk) -> None:
    night = QuietHours(time(8), time(17))
    await desk.bench.countersign.notifying.quiet(desk.bench.actor("bob"), night, "Europe/Berlin")
    for version in ("1", "2"):
        await desk.bench.promotion(version)
    await desk.settle()
    assert (len(desk.told("bob")), len(desk.told("carol"))) == (0, 2)
    await desk.pass_time(hours=6.9)
    assert desk.told("bob") == []
    await desk.pass_time(hours=0.2)
    (digest,) = desk.told("bob")
    assert "2 promotions wait for your approval" in digest.words
    await desk.pass_time(hours=1)
    assert len(desk.told("bob")) == 1


async def test_a_burst_becomes_one_digest_that_is_kept_current(desk: Desk) -> None:
    promotions = [await desk.bench.promotion(str(number)) for number in range(6)]
    await desk.settle()
    await desk.pass_time(minutes=2)
    told = desk.told("bob")
    assert len(told) < 6
    digest = next(seen for seen in told if "promotions wait for your approval" in seen.words)
    for promotion in promotions:
        await desk.bench.countersign.deciding.cancel(desk.bench.actor("alice"), CancelPromotion(promotion.id, "no"))
    await desk.settle()
    assert "Nothing here waits for you" in desk.bench.slack.now(digest).words
    assert len(desk.told("bob")) == len(told)


async def test_a_snooze_holds_back_and_ending_it_brings_what_waits(desk: Desk) -> None:
    bob = desk.bench.actor("bob")
    await desk.bench.countersign.notifying.snooze(bob, timedelta(hours=2))
    await desk.bench.promotion()
    await desk.settle()
    assert desk.told("bob") == []
    await desk.bench.countersign.notifying.snooze(bob, None)
    await desk.settle()
    (notice,) = desk.told("bob")
    assert "promotion.approve" in str(notice.blocks)


async def test_what_is_over_before_the_quiet_ends_is_never_told(desk: Desk) -> None:
    await desk.bench.countersign.notifying.snooze(desk.bench.actor("bob"), timedelta(hours=2))
    promotion = await desk.bench.promotion()
    await desk.settle()
    await approve(desk.bench, "carol", promotion)
    await desk.pass_time(hours=3)
    assert desk.told("bob") == []


async def test_by_channel_nobody_gets_a_direct_message_and_the_reminder_stands_in_the_channel(desk: Desk) -> None:
    promotion = await desk.bench.promotion(notify=NotifyDraft(Via.CHANNEL))
    await desk.settle()
    await desk.pass_time(hours=13)
    await desk.settle()
    assert (desk.told("bob"), desk.told("carol")) == ([], [])
    assert sum("Reminder" in seen.words for seen in desk.bench.slack.messages("#releases")) == 1
    await approve(desk.bench, "bob", promotion)
    await desk.settle()
    assert not any("Reminder" in seen.words for seen in desk.bench.slack.messages("#releases"))


async def test_a_message_whose_answer_was_lost_is_not_told_twice(desk: Desk) -> None:
    await desk.bench.promotion()
    desk.bench.slack.outage(True)
    await desk.settle()
    desk.bench.slack.outage(False)
    for _ in range(4):
        await desk.pass_time(minutes=1)
    assert len(desk.told("bob")) == 1


async def test_user_groups_are_mentioned_beside_the_card_and_the_rest_asked_directly(desk: Desk) -> None:
    group = await desk.bench.ports.transactions.read(lambda store: store.groups.named("approvers"))
    assert group is not None
    await desk.bench.ports.transactions.write(lambda store: store.groups.replace(replace(group, slack_usergroup="S01")))
    await desk.bench.promotion(notify=NotifyDraft(Via.USERGROUP))
    await desk.settle()
    (card,) = desk.bench.slack.messages("#releases")
    assert sum("<!subteam^S01>" in str(reply.blocks) for reply in desk.bench.slack.thread(card)) == 1
    assert desk.told("bob") == []


async def test_the_fallback_group_is_left_in_peace_until_nobody_else_has_acted(desk: Desk) -> None:
    for name, handle in (("first", "bob"), ("later", "carol")):
        draft = GroupDraft(name, (desk.bench.people[handle].email,))
        await desk.bench.countersign.administering.create_group(SYSTEM, draft)
    notify = NotifyDraft(Via.DM, None, 75, "later")
    promotion = await desk.bench.promotion(notify=notify, groups=("first", "later"))
    await desk.settle()
    await desk.pass_time(hours=17)
    assert (len(desk.told("bob")), len(desk.told("carol"))) == (1, 0)
    await desk.pass_time(hours=2)
    assert (len(desk.told("bob")), len(desk.told("carol"))) == (1, 1)
    await approve(desk.bench, "carol", promotion)


def reminders(desk: Desk, handle: str) -> list[Seen]:
    return [seen for seen in desk.told(handle) if "A reminder" in seen.words]


async def test_a_reminder_that_somebody_sends_reaches_whoever_may_still_approve_once(desk: Desk) -> None:
    promotion = await desk.bench.promotion(approvals=2)
    await desk.settle()
    await approve(desk.bench, "bob", promotion)
    await desk.bench.countersign.asking.remind(desk.bench.actor("alice"), promotion.id)
    await desk.settle()
    await desk.pass_time(minutes=5)
    assert [len(reminders(desk, who)) for who in ("alice", "bob", "carol")] == [0, 0, 1]
    await approve(desk.bench, "carol", promotion)
    await desk.settle()
    assert "promotion.approve" not in str(desk.told("carol")[-1].blocks)
    assert "Decided" in desk.told("carol")[-1].words


async def test_a_reminder_that_somebody_sends_waits_for_the_end_of_a_snooze(desk: Desk) -> None:
    promotion = await desk.bench.promotion()
    await desk.settle()
    await desk.bench.countersign.notifying.snooze(desk.bench.actor("bob"), timedelta(hours=2))
    told = await desk.bench.countersign.asking.remind(desk.bench.actor("alice"), promotion.id)
    assert [person.name for person in told.held] == ["Bob"]
    await desk.settle()
    assert [len(reminders(desk, who)) for who in ("bob", "carol")] == [0, 1]
    await desk.pass_time(hours=2.1)
    assert [len(reminders(desk, who)) for who in ("bob", "carol")] == [1, 1]
