"""So many requests a second for each token."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession, web

from bot.api import add_api
from bot.api.answers import RefusedError
from bot.api.rate_limit import RateLimit
from tests.bot.api.conftest import Api, serving


class Seconds:
    """A clock in seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def refused(limit: RateLimit, caller: str) -> str | None:
    try:
        limit.take(caller)
    except RefusedError as refusal:
        return refusal.headers["Retry-After"]
    return None


def test_a_burst_is_twice_the_rate_and_fills_again() -> None:
    clock = Seconds()
    limit = RateLimit(5, clock)
    assert [refused(limit, "a") for _ in range(11)] == [None] * 10 + ["1"]
    assert refused(limit, "b") is None, "others are not touched"
    clock.now += 0.2
    assert [refused(limit, "a"), refused(limit, "a")] == [None, "1"]
    clock.now += 3600
    assert [refused(limit, "a") for _ in range(11)] == [None] * 10 + ["1"]


def test_zero_means_no_limit() -> None:
    limit = RateLimit(0, Seconds())
    assert {refused(limit, "a") for _ in range(1000)} == {None}


def test_callers_that_are_long_gone_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.api.rate_limit._CROWD", 10)
    clock = Seconds()
    limit = RateLimit(1, clock)
    for number in range(50):
        limit.take(f"caller-{number}")
        clock.now += 1
    assert len(limit._buckets) <= 11


async def test_too_many_requests_are_429_for_that_token_only(api: Api) -> None:
    app = web.Application()
    add_api(app, api.countersign, rate_limit=1, monotonic=Seconds())
    async with serving(app) as url, ClientSession() as session:
        narrow = Api(url, session, api.countersign, api.clock, api.tokens)
        replies = [await narrow.call("bob", "GET", "/me") for _ in range(3)]
        assert [reply.status for reply in replies] == [200, 200, 429]
        assert (replies[2].code, replies[2].headers["Retry-After"]) == ("too_many_requests", "1")
        assert (await narrow.call("carol", "GET", "/me")).status == 200
        assert (await narrow.call("", "GET", "/docs")).status == 200
