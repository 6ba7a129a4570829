"""So many requests a second for each token, for whoever holds several, and for each address without a good one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web

from bot.api import add_api
from bot.api.answers import RefusedError
from bot.api.rate_limit import RateLimit, neighbourhood
from tests.bot.api.conftest import Api, Reply, serving
from tests.support.clock import Seconds


def refused(limit: RateLimit, token: str, holder: str = "person:1") -> str | None:
    try:
        limit.take(token, holder)
    except RefusedError as refusal:
        return refusal.headers["Retry-After"]
    return None


@pytest.fixture
async def narrow(api: Api) -> AsyncIterator[Api]:
    """The API with one request a second, on a clock that stands still."""
    app = web.Application()
    add_api(app, api.countersign, rate_limit=1, monotonic=Seconds())
    async with serving(app) as url, ClientSession() as session:
        made = Api(url, session, api.countersign, api.clock, api.tokens)
        made.production = api.production
        yield made


def statuses(replies: list[Reply]) -> list[int]:
    return [reply.status for reply in replies]


def test_a_burst_is_twice_the_rate_and_fills_again() -> None:
    clock = Seconds()
    limit = RateLimit(5, clock)
    assert [refused(limit, "a") for _ in range(11)] == [None] * 10 + ["1"]
    clock.now += 0.2
    assert [refused(limit, "a"), refused(limit, "a")] == [None, "1"]


def test_several_tokens_are_worth_two_to_their_holder() -> None:
    limit = RateLimit(5, Seconds())
    assert [refused(limit, f"token-{number}") for number in range(21)] == [None] * 20 + ["1"]
    assert refused(limit, "another", "person:2") is None, "others are not touched"


def test_zero_means_no_limit() -> None:
    limit = RateLimit(0, Seconds())
    assert {refused(limit, "a") for _ in range(1000)} == {None}
    for _ in range(1000):
        limit.take_stranger("192.0.2.1")


def test_an_address_without_a_good_token_has_a_tenth() -> None:
    clock = Seconds()
    limit = RateLimit(10, clock)
    for _ in range(2):
        limit.take_stranger("192.0.2.1")
    with pytest.raises(RefusedError, match="without a valid token"):
        limit.take_stranger("192.0.2.1")
    limit.take_stranger("192.0.2.2")


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::"),
        ("2001:db8::ffff:1", "2001:db8::"),
        ("2001:db8:0:1::1", "2001:db8:0:1::"),
        ("", ""),
        ("/run/socket", ""),
    ],
)
def test_a_subscriber_s_many_addresses_are_one(address: str, whose: str) -> None:
    assert neighbourhood(address) == whose


async def test_too_many_requests_are_429_for_that_token_only(narrow: Api) -> None:
    replies = [await narrow.call("bob", "GET", "/me") for _ in range(3)]
    assert statuses(replies) == [200, 200, 429]
    assert (replies[2].code, replies[2].headers["Retry-After"]) == ("too_many_requests", "1")
    assert replies[2].headers["Content-Type"] == "application/problem+json"
    assert (await narrow.call("carol", "GET", "/me")).status == 200
    assert (await narrow.call("", "GET", "/docs")).status == 200


async def test_a_person_with_ten_tokens_is_not_ten_people(narrow: Api) -> None:
    for number in range(10):
        await narrow.token(f"bob-{number}", person_email="bob@example.com")
    replies = [await narrow.call(f"bob-{number}", "GET", "/me") for number in range(10)]
    assert statuses(replies) == [200] * 4 + [429] * 6


async def test_another_s_flood_does_not_starve_the_deciding_vote(api: Api, narrow: Api) -> None:
    promotion = await api.asked()
    assert (await api.call("bob", "POST", f"/promotions/{promotion['id']}/approve")).status == 200
    api.tokens["guessed"] = "csn_" + "x" * 43
    flood = [await narrow.call(who, "GET", "/me") for _ in range(100) for who in ("alice", "guessed")]
    assert statuses(flood).count(429) == 200 - 2 - 1, "two of Alice's burst, and one attempt with a guess"
    decided = await narrow.call("carol", "POST", f"/promotions/{promotion['id']}/approve")
    assert (decided.status, decided.body["status"]) == (200, "approved")


async def test_attempts_without_a_good_token_are_bounded_and_good_tokens_go_on(narrow: Api) -> None:
    narrow.tokens["guessed"] = "csn_" + "x" * 43
    replies = [await narrow.call(who, "GET", "/me") for who in ("guessed", "guessed", "", "guessed")]
    assert statuses(replies) == [401, 429, 429, 429]
    assert (replies[1].code, replies[1].headers["Retry-After"]) == ("too_many_requests", "10")
    assert (await narrow.call("bob", "GET", "/me")).status == 200, "from the same address"
