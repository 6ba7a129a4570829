"""`kill -9` at any moment: nothing acknowledged is lost, and everything in Slack ends current, none of it twice."""

from __future__ import annotations

import asyncio
import json
import random
import signal
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.playground.driver import Driver
from bot.playground.playground import Playground
from bot.playground.server import serve
from core.domain.people import SlackAccount
from core.evidence.keyring import KeyRing
from core.evidence.verification import verify
from tests.support.agreement import require_agreement
from tests.support.delivering import everything_delivered
from tests.support.ports import unused_port
from tests.support.servers import serving
from tests.support.world import (
    BOT_TOKEN,
    CHANNEL,
    PEOPLE,
    SIGNING_SECRET,
    TEAM,
    Product,
    product,
    program_environment,
    workspace,
)

KILLS = 2


@pytest.mark.timeout(180)
async def test_nothing_acknowledged_is_lost_and_nothing_is_said_twice(database_url: str, tmp_path: Path) -> None:
    chance = random.Random(20260110)
    ground = Playground(workspace(), bot_url="", signing_secret=SIGNING_SECRET, bot_token=BOT_TOKEN)
    async with serve(ground), ClientSession() as session:
        accounts = {handle: SlackAccount(TEAM, user) for handle, (user, _) in PEOPLE.items()}
        async with product(database_url, tmp_path, ground.api_url, accounts) as made:
            releases = [await made.release(f"1.{number}.0") for number in range(KILLS + 1)]
        port = unused_port()
        url = f"http://127.0.0.1:{port}"
        ground.bot_url = f"{url}/slack/events"
        environment = program_environment(database_url, tmp_path, ground.api_url, port)
        made.url, made.session = url, session
        acknowledged: list[str] = []
        for number, release in enumerate(releases):
            async with serving(environment, url, tmp_path) as program:
                kill_after = chance.uniform(0.0, 0.3)
                acknowledged.append(await approved(made, str(release.id)))
                if number < KILLS:
                    await asyncio.sleep(kill_after)
                    program.send_signal(signal.SIGKILL)
                    await program.wait()
                else:
                    await everything_delivered(made)
                    await assert_kept_and_said_once(made, Driver(ground), acknowledged)
                    await require_agreement(database_url)


async def approved(made: Product, release_id: str) -> str:
    """Ask and approve over REST; gives the promotion's id once the deciding vote was acknowledged."""
    wanted = {"releaseId": release_id, "targetEnvironmentId": str(made.production.id)}
    asked = await made.rest("alice", "POST", "/promotions", wanted, {"Prefer": "wait=5"})
    assert asked.status == 201, asked.body
    for who in ("bob", "sam"):
        voted = await made.rest(who, "POST", f"/promotions/{asked.body['id']}/approve", {"comment": "fine"})
        assert voted.status == 200, voted.body
    assert voted.body["status"] == "approved"
    return str(asked.body["id"])


async def assert_kept_and_said_once(made: Product, slack: Driver, promotions: list[str]) -> None:
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
