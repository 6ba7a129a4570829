"""What Slack shows heals by itself, at a bounded cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.workers import reconciler
from core.app.deciding import CastVote
from core.app.ports import Store
from core.domain.promotion import VoteChoice
from tests.bot.workers.test_desk import Desk
from tests.support.bench import Bench


@pytest.fixture
def desk(bench: Bench) -> Desk:
    return Desk(bench)


async def compared(desk: Desk) -> None:
    await desk.rounds.compare()
    await desk.settle()


async def waiting(desk: Desk) -> int:
    return (await desk.bench.ports.transactions.read(lambda store: store.outbox.depth())).waiting


async def test_where_all_is_as_it_should_be_nothing_is_asked_for(desk: Desk) -> None:
    await desk.bench.promotion()
    promotion = await desk.bench.promotion("2")
    vote = CastVote(promotion.id, VoteChoice.APPROVED)
    await desk.bench.countersign.deciding.vote(desk.bench.actor("bob"), vote)
    await desk.settle()
    await desk.rounds.compare()
    assert await waiting(desk) == 0


async def test_a_card_and_a_notice_that_show_something_else_are_brought_up_to_date(desk: Desk) -> None:
    promotion = await desk.bench.promotion()
    await desk.settle()
    updates = calls(desk, "chat.update")

    def spoil(store: Store) -> None:
        for message in store.sent.of(promotion.id):
            if message.key.startswith(("card:", "notice:")):
                store.sent.put(replace(message, digest="something else"))

    await desk.bench.ports.transactions.write(spoil)
    await compared(desk)
    assert calls(desk, "chat.update") == updates + 3
    await compared(desk)
    assert calls(desk, "chat.update") == updates + 3


async def test_what_was_never_delivered_of_a_decision_is_delivered(desk: Desk) -> None:
    promotion = await desk.bench.promotion()
    await desk.bench.countersign.deciding.vote(desk.bench.actor("bob"), CastVote(promotion.id, VoteChoice.APPROVED))
    await desk.settle()

    def lose(store: Store) -> None:
        for message in store.sent.of(promotion.id):
            if message.key.startswith(("summary:", "packet:", "outcome:")):
                store.sent.forget(message.key)

    await desk.bench.ports.transactions.write(lose)
    for seen in desk.bench.slack.messages("#releases")[1:]:
        desk.bench.slack.delete(seen.ts)
    await compared(desk)
    assert sum("sha256:" in seen.words for seen in desk.bench.slack.messages("#releases")) == 1


async def test_a_deleted_card_is_posted_again_with_its_thread(desk: Desk) -> None:
    await desk.bench.promotion()
    await desk.settle()
    (card,) = desk.bench.slack.messages("#releases")
    thread = len(desk.bench.slack.thread(card))
    desk.bench.slack.delete(card.ts)
    await desk.rounds.look()
    await desk.settle()
    standing = [seen for seen in desk.bench.slack.messages("#releases") if "promotion.approve" in str(seen.blocks)]
    assert len(standing) == 1
    assert len(desk.bench.slack.thread(standing[0])) == thread
    before = calls(desk, "chat.postMessage")
    await desk.rounds.look()
    await desk.settle()
    assert calls(desk, "chat.postMessage") == before


async def test_a_round_looks_for_a_few_cards_and_goes_on_with_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciler, "LOOKS", 2)
    for number in range(3):
        await desk.bench.promotion(str(number))
    await desk.settle()
    seen = []
    for _ in range(2):
        await desk.rounds.look()
        seen.append(calls(desk, "conversations.history"))
    assert seen == [2, 3]


async def test_an_outage_is_waited_out(desk: Desk) -> None:
    await desk.bench.promotion()
    await desk.settle()
    desk.bench.slack.outage(True)
    await desk.rounds.look()
    desk.bench.slack.outage(False)
    assert await waiting(desk) == 0


def calls(desk: Desk, method: str) -> int:
    counted = desk.bench.metrics.slack_calls.labels(method, "ok")
    return int(counted._value.get())
