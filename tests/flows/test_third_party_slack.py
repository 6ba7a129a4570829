"""The main job against a Slack that somebody else wrote: the emulator's Web API, and our signed hand for the person."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from core.domain.people import SlackAccount
from core.evidence.verification import verify
from tests.support.signed import SignedHand
from tests.support.slack_emulator import SlackEmulator
from tests.support.world import BOT_TOKEN, PEOPLE, SIGNING_SECRET, Product, product

Message = dict[str, Any]


@pytest.fixture
def slack_seed() -> dict[str, Any]:
    users = [
        {"name": handle, "real_name": name, "email": f"{handle}@example.com"} for handle, (_, name) in PEOPLE.items()
    ]
    return {
        "team": {"name": "Acme", "domain": "acme"},
        "users": users,
        "channels": [{"name": "releases", "topic": "What goes where"}],
        "tokens": [{"token": BOT_TOKEN, "scopes": ["chat:write"]}],
    }


class Workspace:
    """The emulator's workspace, looked at through its Web API."""

    def __init__(self, emulator: SlackEmulator) -> None:
        self._emulator = emulator
        self.base_url = emulator.base_url
        self.team = self._call("auth.test")["team_id"]
        self.users = {each["name"]: each["id"] for each in self._call("users.list")["members"]}
        channels = self._call("conversations.list")["channels"]
        self.channel = next(each["id"] for each in channels if each["name"] == "releases")

    def _call(self, method: str, **arguments: Any) -> dict[str, Any]:
        return self._emulator.call(method, BOT_TOKEN, **arguments)

    async def messages(self, channel: str) -> list[Message]:
        found = await asyncio.to_thread(self._call, "conversations.history", channel=channel, limit=100)
        return list(reversed(found["messages"]))

    async def direct(self, handle: str) -> str:
        opened = await asyncio.to_thread(self._call, "conversations.open", users=self.users[handle])
        return str(opened["channel"]["id"])

    async def replies(self, ts: str) -> list[Message]:
        found = await asyncio.to_thread(self._call, "conversations.replies", channel=self.channel, ts=ts)
        return [each for each in found["messages"] if each["ts"] != ts]

    async def until(self, channel: str, look: Callable[[Message], bool]) -> Message:
        for _ in range(100):
            for message in await self.messages(channel):
                if look(message):
                    return message
            await asyncio.sleep(0.1)
        raise TimeoutError(json.dumps(await self.messages(channel), indent=1))


@pytest.fixture
async def slack(slack_emulator: SlackEmulator) -> Workspace:
    return await asyncio.to_thread(Workspace, slack_emulator)


@pytest.fixture
async def made(
    slack: Workspace, slack_emulator: SlackEmulator, sqlite_url: str, tmp_path: Path
) -> AsyncIterator[Product]:
    accounts = {handle: SlackAccount(slack.team, slack.users[handle]) for handle in PEOPLE}
    async with product(sqlite_url, tmp_path, slack_emulator.api_url, accounts) as one:
        yield one


def mentions(words: str, button: str = "") -> Callable[[Message], bool]:
    return lambda message: words in json.dumps(message, ensure_ascii=False) and button in json.dumps(message)


def closed(card: Message) -> Callable[[Message], bool]:
    return lambda message: message["ts"] == card["ts"] and "promotion.reject" not in json.dumps(message)


async def test_a_promotion_is_asked_for_approved_and_signed(made: Product, slack: Workspace) -> None:
    respond = f"{slack.base_url}/respond"
    hand = SignedHand(made.session, f"{made.url}/slack/events", SIGNING_SECRET, slack.team, respond)
    await made.release("1.4.0")
    status, _ = await hand.command(slack.users["alice"], slack.channel, "/promote", "shop-1.4.0 to production please")
    assert status == 200
    card = await slack.until(slack.channel, mentions("shop-1.4.0", "promotion.approve"))

    await hand.click(slack.users["alice"], slack.channel, card, "promotion.approve")
    for who in ("bob", "carol"):
        notice = await slack.until(await slack.direct(who), mentions("shop-1.4.0", "promotion.approve"))
        channel = await slack.direct(who)
        assert (await hand.click(slack.users[who], channel, notice, "promotion.approve"))[0] == 200

    decided = await slack.until(
        slack.channel, lambda each: each["ts"] == card["ts"] and "promotion.reject" not in str(each)
    )
    assert "Bob Approver" in json.dumps(decided["blocks"])
    summary = await slack.until(slack.channel, mentions("sha256:"))
    await slack.until(await slack.direct("alice"), mentions("approved"))
    for _ in range(50):
        if any(reply.get("files") for reply in await slack.replies(summary["ts"])):
            break
        await asyncio.sleep(0.1)
    (promotion,) = (await made.rest("bob", "GET", f"/promotions?environmentId={made.production.id}")).body["data"]
    evidence = await made.rest("bob", "GET", f"/promotions/{promotion['id']}/evidence")
    ring = await made.app.core.countersign.reading.public_keys()
    assert verify(json.dumps(evidence.body).encode(), ring).ok
    files = [file for reply in await slack.replies(summary["ts"]) for file in reply.get("files", ())]
    assert [file["name"] for file in files] == [f"evidence-{evidence.body['id']}.json"]
