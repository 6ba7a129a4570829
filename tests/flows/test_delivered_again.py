"""Slack delivers again when in doubt, in any order: a whole journey's deliveries, four times each, change nothing."""

from __future__ import annotations

import asyncio
import json
import random
from urllib.parse import parse_qs

import pytest

from bot.playground.delivery import Sent
from bot.playground.seen import Seen
from tests.flows.test_promotion_in_slack import awaiting, closed
from tests.support.world import CHANNEL, World

TIMES = 4
PER_SECOND = 50
EVERY_KIND = {
    *("/promote", "/promotions", "/approvals"),
    *("block_actions", "view_submission", "block_suggestion", "shortcut", "message_action"),
    *("app_home_opened", "user_change", "subteam_members_changed"),
}


@pytest.mark.timeout(120)
async def test_a_journey_delivered_four_times_shuffled_leaves_what_once_leaves(w: World) -> None:
    await journey(w)
    before, said = await votes(w), await quiet(w)
    deliveries = w.slack.sent * TIMES
    assert len(deliveries) > 15 * TIMES
    assert kinds(deliveries) >= EVERY_KIND
    random.Random(20260111).shuffle(deliveries)
    statuses = await storm(w, deliveries)
    assert set(statuses) == {200}
    assert await quiet(w) == said
    assert await votes(w) == before


async def journey(w: World) -> None:
    """One promotion approved after a question and a reminder, one rejected, one cancelled, with Homes looked at."""
    await w.slack.open_home("bob")
    card = await awaiting(w, "1.4.0")
    await w.slack.choose("carol", card, "promotion.more", "Ask a question…")
    await w.slack.modal_of("carol", "Question")
    await w.slack.submit_modal("carol", {"question": "Is support told?"})
    await w.slack.reply(card, "Is support told?")
    await w.slack.choose("alice", w.slack.now(card), "promotion.more", "Remind the approvers")
    await w.slack.whisper("alice", "will be reminded")
    for who in ("alice", "bob", "sam"):
        await w.slack.click(who, w.slack.now(card), "promotion.approve")
        if who != "alice":
            await w.slack.whisper(who, "You approved")
    await closed(w, card)

    rejected = await awaiting(w, "1.5.0")
    await w.slack.click("carol", rejected, "promotion.reject")
    await w.slack.modal_of("carol")
    await w.slack.submit_modal("carol", {"reason": "not on a Friday"})
    await closed(w, rejected)

    cancelled = await awaiting(w, "1.6.0")
    await w.slack.command("alice", CHANNEL, "/promotions", "cancel shop-1.6.0 to production")
    await closed(w, cancelled)
    await w.slack.command("alice", CHANNEL, "/promotions", "")
    await w.slack.command("bob", CHANNEL, "/approvals", "")
    await w.slack.open_home("alice")

    await w.release("1.7.0")
    await w.slack.shortcut("alice", "shortcut.request")
    form = await w.slack.modal_of("alice")
    await w.slack.choose("alice", form, "request.release", "shop-1.7.0")
    form = await w.slack.modal_of("alice", "shop-1.7.0")
    await w.slack.choose("alice", form, "request.environment", "Production")
    await w.slack.modal_of("alice", "The gates would pass now")
    await w.slack.submit_modal("alice")
    asked = await w.slack.message(CHANNEL, "shop-1.7.0")
    await w.slack.message_shortcut("bob", asked, "shortcut.promote_message")
    await w.slack.modal_of("bob")
    await w.slack.close_modal("bob", everything=True)
    w.slack.change_person("carol", tz="Asia/Singapore")
    w.slack.change_usergroup("S01", "U03", "U04")
    await w.slack.settled()


def kinds(deliveries: list[Sent]) -> set[str]:
    """What was delivered: commands, interactions and events by their types."""
    found = set()
    for sent in deliveries:
        if sent.content_type == "application/json":
            found.add(json.loads(sent.body)["event"]["type"])
            continue
        form = parse_qs(sent.body)
        found.add(json.loads(form["payload"][0])["type"] if "payload" in form else form["command"][0])
    return found


async def storm(w: World, deliveries: list[Sent]) -> list[int]:
    """Deliver at a steady rate without waiting for answers; gives the statuses."""

    async def one(number: int, sent: Sent) -> int:
        await asyncio.sleep(number / PER_SECOND)
        return (await w.slack.deliver_again(sent)).status

    return list(await asyncio.gather(*(one(number, sent) for number, sent in enumerate(deliveries))))


def everything_said(w: World) -> list[tuple[str, ...]]:
    """Every lasting message by place, with its words: the channel, its threads and everybody's direct messages."""
    places = [CHANNEL, "#random", *(w.slack.dm(who) for who in ("alice", "bob", "carol", "sam", "olga"))]
    found: list[tuple[str, ...]] = []
    for place in places:
        for message in w.slack.messages(place):
            replies: list[Seen] = w.slack.thread(message)
            found += [(place, message.ts, message.words), *((place, one.ts, one.words) for one in replies)]
    return found


async def quiet(w: World) -> list[tuple[str, ...]]:
    """What stands in Slack once nothing waits to be said and nothing has changed for a second."""
    said = everything_said(w)
    for _ in range(40):
        await asyncio.sleep(1)
        async with w.session.get(f"{w.url}/metrics") as answer:
            idle = "\ncountersign_outbox_waiting 0.0" in await answer.text()
        now = everything_said(w)
        if idle and now == said:
            return said
        said = now
    raise TimeoutError("Slack does not become quiet")


async def votes(w: World) -> dict[str, tuple[str, list[str]]]:
    """Every promotion to production by id: its status, and who voted what."""
    listed = await w.rest("ci", "GET", f"/promotions?environmentId={w.production.id}")
    found = {}
    for each in listed.body["data"]:
        whole = (await w.rest("ci", "GET", f"/promotions/{each['id']}")).body
        found[each["id"]] = (whole["status"], sorted(str(vote) for vote in whole["approvals"]))
    assert sorted(status for status, _ in found.values()) == ["approved", "awaiting_approval", "cancelled", "rejected"]
    return found
