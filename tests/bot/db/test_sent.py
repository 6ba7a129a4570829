"""What stands in Slack, on every kind of store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.app.outbox import SentMessage
from core.app.ports import Store, Transactions
from tests.support.clock import MORNING, nth_id

P = nth_id(1)
CARD = SentMessage(f"card:{P}", P, "C01", "", "", MORNING)


async def test_a_message_is_stored_and_replaced_by_key(transactions: Transactions) -> None:
    posted = replace(CARD, ts="1700000000.000100", digest="abc", at=MORNING + timedelta(seconds=1))
    await transactions.write(lambda store: store.sent.put(CARD))
    assert await transactions.read(lambda store: store.sent.get(CARD.key)) == CARD
    await transactions.write(lambda store: store.sent.put(posted))
    assert await transactions.read(lambda store: store.sent.get(CARD.key)) == posted
    assert await transactions.read(lambda store: store.sent.of(P)) == (posted,)


async def test_messages_of_a_promotion_are_ordered_by_key(transactions: Transactions) -> None:
    summary = replace(CARD, key=f"summary:{P}")
    foreign = replace(CARD, key="card:other", promotion_id=nth_id(2))

    def body(store: Store) -> None:
        for message in (summary, foreign, CARD):
            store.sent.put(message)

    await transactions.write(body)
    assert await transactions.read(lambda store: store.sent.of(P)) == (CARD, summary)


async def test_what_is_gone_from_slack_is_forgotten(transactions: Transactions) -> None:
    await transactions.write(lambda store: store.sent.put(CARD))
    await transactions.write(lambda store: store.sent.forget(CARD.key))
    assert await transactions.read(lambda store: store.sent.get(CARD.key)) is None
