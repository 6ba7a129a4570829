"""Freezes, forecasts and emergencies, through the front doors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from bot.listening import listening
from bot.playground.seen import Seen
from bot.settings import Address
from tests.support.world import CHANNEL, World


async def frozen(w: World, *, hours: float = 30, version: str = "1.4.0", **given: Any) -> Seen:
    """The card of a promotion that a freeze holds back."""
    now = w.clock().replace(microsecond=0)
    body = {
        "name": "Stocktaking",
        "environmentIds": [str(w.production.id)],
        "startsAt": text(now - timedelta(hours=1)),
        "endsAt": text(now + timedelta(hours=hours)),
        **given,
    }
    made = await w.rest("admin", "POST", "/freeze-windows", body)
    assert made.status == 201, made.body
    await w.release(version)
    await w.slack.command("alice", CHANNEL, "/promote", f"shop-{version} production Fixes the checkout")
    return await w.slack.message(CHANNEL, "Passes from")


def text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


async def give_role(w: World, handle: str, role: str) -> None:
    person = w.people[handle]
    accounts = [{"team": each.team, "user": each.user} for each in person.slack]
    body = {"email": person.email, "name": person.name, "roles": [role], "slack": accounts}
    assert (await w.rest("admin", "PUT", f"/people/{person.id}", body)).status == 200


async def the_one(w: World) -> Any:
    found = (await w.rest("ci", "GET", "/promotions")).body["data"]
    return (await w.rest("ci", "GET", f"/promotions/{found[0]['id']}")).body


async def test_a_promotion_that_is_put_off_goes_on_when_the_freeze_ends(w: World) -> None:
    card = await frozen(w)
    assert "request expires before that" in card.words
    await w.slack.click("bob", card, "promotion.defer")
    await w.slack.whisper("bob", "need the role")
    await w.slack.click("alice", card, "promotion.defer")
    await w.slack.whisper("alice", "are asked as soon as the gates pass")
    await w.slack.until(lambda: "have their full time" in w.slack.now(card).words, "the deferral on the card")
    shown = await the_one(w)
    assert shown["deferredUntil"] == shown["earliestPassingAt"]

    w.clock.shift += datetime.fromisoformat(shown["earliestPassingAt"]) - w.clock()
    await w.slack.until(lambda: "Awaiting approval" in w.slack.now(card).words, "the card after the freeze")
    passed = await w.slack.reply(card, "The gates passed")
    assert "<@U01>" in str(passed.blocks)
    await w.slack.message(w.slack.dm("bob"), "shop-1.4.0")


async def test_an_emergency_lifts_the_freeze_for_one_promotion(w: World) -> None:
    card = await frozen(w)
    await w.slack.choose("carol", card, "promotion.more", "Lift the freeze in an emergency…")
    await w.slack.modal_of("carol", "Lift the freeze")
    await w.slack.submit_modal("carol", {"reason": "The shop is down"})
    assert "role" in (await w.slack.modal_of("carol", "Not lifted")).words
    await w.slack.close_modal("carol")

    await give_role(w, "carol", "emergency")
    await w.slack.choose("carol", w.slack.now(card), "promotion.more", "Lift the freeze in an emergency…")
    await w.slack.modal_of("carol", "Lift the freeze")
    await w.slack.submit_modal("carol", {"reason": "The shop is down <!channel>"})
    await w.slack.until(lambda: "Awaiting approval" in w.slack.now(card).words, "the card after the freeze was lifted")
    assert "Freeze lifted" in w.slack.now(card).words
    await w.slack.reply(card, "lifted the freeze")

    await w.slack.click("carol", w.slack.now(card), "promotion.approve")
    await w.slack.whisper("carol", "somebody else must approve")
    for who in ("bob", "sam"):
        await w.slack.click(who, w.slack.now(card), "promotion.approve")
        await w.slack.whisper(who, "You approved")
    packet = (await w.rest("ci", "GET", f"/promotions/{(await the_one(w))['id']}/evidence")).body
    gates = {gate["gateName"]: gate for gate in packet["content"]["gates"]}
    sealed = gates["freeze-window-gate"]["inputs"]
    assert sealed["exemption"]["reason"] == "The shop is down <!channel>"
    assert sealed["activeFreezeWindows"][0]["name"] == "Stocktaking"


async def test_what_is_typed_does_the_same(w: World) -> None:
    await frozen(w, hours=100)
    await give_role(w, "carol", "emergency")
    await w.slack.command("carol", CHANNEL, "/promotions", "preview shop-1.4.0 to production")
    await w.slack.whisper("carol", "Passes from")
    await w.slack.command("alice", CHANNEL, "/promotions", "defer shop-1.4.0 to production")
    await w.slack.command("carol", CHANNEL, "/promotions", "lift-freeze shop-1.4.0 to production 2h The shop is down")
    await w.slack.message(CHANNEL, "Freeze lifted")
    assert (await the_one(w))["status"] == "awaiting_approval"


async def test_a_subscribed_calendar_is_read_and_freezes_while_an_event_goes_on(w: World) -> None:
    day = f"{w.clock():%Y%m%d}"
    event = f"BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Stocktaking\r\nDTSTART;VALUE=DATE:{day}\r\nEND:VEVENT\r\n"
    file = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{event}END:VCALENDAR\r\n"

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=file)

    feed = web.Application()
    feed.router.add_get("/company.ics", answer)
    async with listening(feed, Address("127.0.0.1", 0)) as address:
        url = f"http://127.0.0.1:{address.port}/company.ics"
        body = {"name": "company", "environmentIds": [str(w.production.id)], "url": url}
        made = await w.rest("admin", "POST", "/calendars", body)
        assert (made.status, made.body["isStale"]) == (201, True)
        await w.release("1.4.0")
        await w.slack.command("alice", CHANNEL, "/promote", "shop-1.4.0 production")
        await w.slack.message(CHANNEL, "Stocktaking (calendar company)")
    shown = await w.rest("ci", "GET", f"/calendars/{made.body['id']}")
    assert (shown.body["problem"], shown.body["isStale"], shown.body["eventCount"]) == ("", False, 1)


async def test_an_edited_window_is_seen_within_a_second_and_moves_no_other(w: World) -> None:
    card = await frozen(w, recurrence={"rule": "FREQ=WEEKLY", "timeZone": "Europe/Berlin"})
    windows = (await w.rest("ci", "GET", "/freeze-windows")).body["data"]
    window = windows[0]
    change = {name: window[name] for name in ("name", "environmentIds", "startsAt", "endsAt", "recurrence")}
    began = w.clock()
    moved = await w.rest("admin", "PUT", f"/freeze-windows/{window['id']}", {**change, "components": ["billing"]})
    assert moved.status == 200, moved.body
    await w.slack.until(lambda: "Awaiting approval" in w.slack.now(card).words, "the card after the edit")
    evaluated = datetime.fromisoformat((await the_one(w))["evaluatedAt"])
    assert evaluated - began < timedelta(seconds=5)
