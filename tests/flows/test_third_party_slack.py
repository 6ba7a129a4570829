"""The main job against a Slack that somebody else wrote: the emulator's Web API, and our signed hand for the person.

The emulator keeps App Homes and modals (`views.publish`, `views.open` by a trigger of its own) and shows their words
on a page. It lends no response URLs and lists no user groups, and nobody can fill a form there: what was typed is
submitted by our hand, and the rest of forms, whispers and user groups is walked in the playground.
"""

from __future__ import annotations

import asyncio
import json
import re
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

    async def trigger(self, handle: str) -> str:
        made = await asyncio.to_thread(self._call, "views.generateTriggerId", user_id=self.users[handle])
        return str(made["trigger_id"])

    async def view(self, *words: str) -> str:
        """The row of the emulator's page that shows a view with these words; waits for it."""
        page = ""
        for _ in range(200):
            page = await asyncio.to_thread(self._emulator.page, "?tab=views")
            for row in page.split("<tr"):
                if all(word in row for word in words):
                    return row
            await asyncio.sleep(0.1)
        raise TimeoutError(f"no view with {words}: {page}")

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


async def test_homes_modals_and_direct_messages_stand_in_somebody_elses_slack(made: Product, slack: Workspace) -> None:
    respond = f"{slack.base_url}/respond"
    hand = SignedHand(made.session, f"{made.url}/slack/events", SIGNING_SECRET, slack.team, respond)
    await made.release("1.4.0")
    assert (await hand.home(slack.users["bob"]))[0] == 200
    await slack.view("app home", "bob", "Nothing waits for you")
    await hand.command(slack.users["alice"], slack.channel, "/promote", "shop-1.4.0 to production please")
    card = await slack.until(slack.channel, mentions("shop-1.4.0", "promotion.approve"))
    await slack.view("app home", "bob", "1 waits for you", "shop-1.4.0")

    bob, place = slack.users["bob"], await slack.direct("bob")
    notice = await slack.until(place, mentions("shop-1.4.0", "promotion.reject"))
    await hand.click(bob, place, notice, "promotion.details", await slack.trigger("bob"))
    await slack.view("modal", "bob", "freeze-window-gate")
    await hand.click(bob, place, notice, "promotion.reject", await slack.trigger("bob"))
    opened = await slack.view("modal", "bob", "One rejection ends it")
    view_id = re.search(r"\bV[A-Z0-9]{6,}\b", opened)
    assert view_id
    elements = (element for block in card["blocks"] for element in block.get("elements", ()))
    value = next(each["value"] for each in elements if each.get("action_id") == "promotion.reject")
    form = {"id": view_id[0], "type": "modal", "callback_id": "dialog.reject", "private_metadata": value}
    typed = {"reason": {"reject.reason": {"type": "plain_text_input", "value": "not today"}}}
    assert (await hand.submit(bob, form, typed))[0] == 200
    await slack.until(slack.channel, closed(card))
    over = await slack.until(place, lambda each: each["ts"] == notice["ts"] and "promotion.reject" not in str(each))
    assert "not today" in json.dumps(over["blocks"])
    await slack.until(await slack.direct("alice"), mentions("rejected"))


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
