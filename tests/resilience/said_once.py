"""What must hold of promotions that two people approved, when everything was delivered: kept whole, and said once."""

from __future__ import annotations

import json

from bot.playground.driver import Driver
from core.evidence.keyring import KeyRing
from core.evidence.verification import verify
from tests.support.world import CHANNEL, Product


async def assert_kept_and_said_once(made: Product, slack: Driver, promotions: list[str]) -> None:
    """Look at each promotion by REST, its evidence, and what stands in the channel and in direct messages."""
    async with made.session.get(f"{made.url}/.well-known/jwks.json") as answer:
        keys = KeyRing.load(await answer.read())
    messages = slack.messages(CHANNEL)
    assert len(messages) == 2 * len(promotions), "one card and one summary for each"
    for promotion_id in promotions:
        found = await made.rest("bob", "GET", f"/promotions/{promotion_id}")
        assert (found.body["status"], len(found.body["approvals"])) == ("approved", 2)
        packet = await made.rest("bob", "GET", f"/promotions/{promotion_id}/evidence")
        assert verify(json.dumps(packet.body).encode(), keys).ok
        (summary,) = [message for message in messages if packet.body["contentHash"] in message.words]
        assert sum(len(reply.files) for reply in slack.thread(summary)) == 1
        (card,) = [message for message in messages if promotion_id[:8] in message.words and message is not summary]
        assert "promotion.approve" not in card.actions
        history = [reply.words for reply in slack.thread(card)]
        assert len(history) == len(set(history))
        assert sum("approved" in words for words in history) == 2
    assert len(slack.messages(slack.dm("alice"))) == len(promotions)
    for who in ("bob", "sam", "carol"):
        notices = slack.messages(slack.dm(who))
        assert len(notices) <= len(promotions)
        assert not any("promotion.approve" in notice.actions for notice in notices)
