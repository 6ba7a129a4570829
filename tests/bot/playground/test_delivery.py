"""Slack's side of the line: signatures, patience and retries, against a bot that only listens."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from bot.playground.delivery import Delivery
from tests.support.ports import unused_port

SECRET = "shared"


class Listener:
    """A bot that keeps what it gets and answers as told."""

    def __init__(self) -> None:
        self.got: list[tuple[web.Request, str]] = []
        self.answer: Callable[[], Awaitable[web.Response]] = self.fine

    async def fine(self) -> web.Response:
        return web.Response(text="")

    async def slow(self) -> web.Response:
        await asyncio.sleep(0.3)
        return web.Response()

    async def broken(self) -> web.Response:
        return web.Response(status=500)

    async def broken_for_good(self) -> web.Response:
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    async def handle(self, request: web.Request) -> web.Response:
        self.got.append((request, await request.text()))
        return await self.answer()


@pytest.fixture
async def listener() -> Listener:
    return Listener()


@pytest.fixture
async def delivery(listener: Listener) -> AsyncIterator[Delivery]:
    app = web.Application()
    app.router.add_post("/slack/events", listener.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    line = Delivery(url, SECRET, clock=time.time, ack_seconds=0.1, retry_after=(0.0, 0.0, 0.0))
    yield line
    await line.close()
    await runner.cleanup()


async def test_slack_s_own_verifier_accepts_the_signature(delivery: Delivery, listener: Listener) -> None:
    await delivery.command({"command": "/tea", "text": "ä & ö"})
    await delivery.interaction({"type": "block_actions"})
    delivery.event({"type": "event_callback"})
    await delivery.settled()
    for request, body in listener.got:
        assert SignatureVerifier(SECRET).is_valid_request(body, dict(request.headers))
        assert not SignatureVerifier("other").is_valid_request(body, dict(request.headers))
    assert parse_qs(listener.got[0][1]) == {"command": ["/tea"], "text": ["ä & ö"]}
    assert json.loads(parse_qs(listener.got[1][1])["payload"][0]) == {"type": "block_actions"}
    assert listener.got[2][0].content_type == "application/json"


async def test_what_goes_wrong_has_slack_s_name(delivery: Delivery, listener: Listener) -> None:
    listener.answer = listener.slow
    assert (await delivery.command({})).error == "operation_timeout"
    listener.answer = listener.broken
    assert (await delivery.command({})).error == "dispatch_failed"
    delivery.bot_url = f"http://127.0.0.1:{unused_port()}/"
    assert (await delivery.command({})).error == "dispatch_failed"
    delivery.bot_url = "nowhere"
    assert (await delivery.command({})).error == "dispatch_failed"


async def test_an_event_is_sent_again_three_times_with_the_reason(delivery: Delivery, listener: Listener) -> None:
    listener.answer = listener.broken
    delivery.event({"event_id": "Ev1"})
    await delivery.settled()
    numbers = [request.headers.get("X-Slack-Retry-Num") for request, _ in listener.got]
    assert numbers == [None, "1", "2", "3"]
    assert listener.got[1][0].headers["X-Slack-Retry-Reason"] == "http_error"
    assert len({body for _, body in listener.got}) == 1


async def test_a_slow_event_is_sent_again_until_taken(delivery: Delivery, listener: Listener) -> None:
    async def slow_once() -> web.Response:
        return await (listener.slow() if len(listener.got) == 1 else listener.fine())

    listener.answer = slow_once
    delivery.event({"event_id": "Ev1"})
    await delivery.settled()
    assert [request.headers.get("X-Slack-Retry-Reason") for request, _ in listener.got] == [None, "http_timeout"]


async def test_the_app_may_ask_not_to_be_sent_an_event_again(delivery: Delivery, listener: Listener) -> None:
    listener.answer = listener.broken_for_good
    delivery.event({"event_id": "Ev1"})
    await delivery.settled()
    assert len(listener.got) == 1


async def test_a_delivery_can_be_repeated_with_a_fresh_signature(delivery: Delivery, listener: Listener) -> None:
    await delivery.command({"text": "once"})
    await delivery.send(delivery.sent[0])
    assert [body for _, body in listener.got] == ["text=once", "text=once"]


async def test_the_time_that_is_signed_is_the_playgrounds_own(listener: Listener) -> None:
    shifted = Delivery("http://127.0.0.1:9/", SECRET, clock=lambda: 1_760_000_000.7, ack_seconds=0.1, retry_after=())
    signed: list[str] = []
    original = shifted.signature
    shifted.signature = lambda body, timestamp: signed.append(timestamp) or original(body, timestamp)  # type: ignore
    assert (await shifted.command({"command": "/tea"})).error == "dispatch_failed"
    await shifted.close()
    assert signed == ["1760000000"]
