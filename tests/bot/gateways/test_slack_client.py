from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.gateways.slack_client import (
    SLOW,
    TRY_AGAIN,
    DisconnectedError,
    RateLimitedError,
    SlackClient,
    SlowError,
    slack_error,
)
from bot.listening import listening
from bot.metrics import Metrics
from bot.settings import Address
from tests.support.clock import FakeClock

Answer = Callable[[], web.Response]


class FakeSlack:
    def __init__(self) -> None:
        self.calls = 0
        self.answers: list[Answer] = []

    async def handle(self, _request: web.Request) -> web.Response:
        self.calls += 1
        return self.answers.pop(0)() if self.answers else web.json_response({"ok": True})


@pytest.fixture
async def slack() -> AsyncIterator[tuple[FakeSlack, SlackClient, Metrics, FakeClock]]:
    fake, metrics, clock = FakeSlack(), Metrics(), FakeClock()
    app = web.Application()
    app.router.add_post("/api/{method}", fake.handle)
    async with listening(app, Address("127.0.0.1", 0)) as address, ClientSession() as session:
        url = f"http://127.0.0.1:{address.port}/api/"
        yield fake, SlackClient("xoxb-1", url, session, metrics, clock), metrics, clock


def limited(retry_after: str) -> Answer:
    return lambda: web.json_response(
        {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": retry_after}
    )


async def test_calls_are_counted(slack: tuple[FakeSlack, SlackClient, Metrics, FakeClock]) -> None:
    _, client, metrics, _ = slack
    await client.auth_test()
    assert 'method="auth.test",result="ok"} 1.0' in metrics.exposition().decode()


async def test_no_call_is_made_before_retry_after(slack: tuple[FakeSlack, SlackClient, Metrics, FakeClock]) -> None:
    fake, client, metrics, clock = slack
    fake.answers = [limited("7")]
    with pytest.raises(RateLimitedError) as refused:
        await client.chat_postMessage(channel="C1", text="x")
    assert refused.value.until == clock() + timedelta(seconds=7)
    clock.advance(timedelta(seconds=6))
    with pytest.raises(RateLimitedError):
        await client.chat_postMessage(channel="C1", text="x")
    assert fake.calls == 1
    await client.auth_test()
    clock.advance(timedelta(seconds=1))
    await client.chat_postMessage(channel="C1", text="x")
    assert fake.calls == 3
    assert 'method="chat.postMessage",result="ratelimited"} 1.0' in metrics.exposition().decode()


async def test_a_retry_after_that_is_no_number_waits_half_a_minute(
    slack: tuple[FakeSlack, SlackClient, Metrics, FakeClock],
) -> None:
    fake, client, _, clock = slack
    fake.answers = [limited("soon")]
    with pytest.raises(RateLimitedError) as refused:
        await client.auth_test()
    assert refused.value.until == clock() + timedelta(seconds=30)


async def test_slacks_own_word_for_an_error_is_kept(slack: tuple[FakeSlack, SlackClient, Metrics, FakeClock]) -> None:
    fake, client, metrics, _ = slack
    fake.answers = [lambda: web.json_response({"ok": False, "error": "channel_not_found"})]
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel="C1", text="x")
    assert slack_error(refused.value) == "channel_not_found"
    assert 'result="channel_not_found"} 1.0' in metrics.exposition().decode()


def refused(word: str) -> Answer:
    return lambda: web.json_response({"ok": False, "error": word})


@pytest.mark.parametrize("word", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_a_workspace_that_does_not_let_us_in_is_left_alone_but_for_one_call_a_minute(
    slack: tuple[FakeSlack, SlackClient, Metrics, FakeClock], word: str
) -> None:
    fake, client, metrics, clock = slack
    fake.answers = [refused(word), refused(word)]
    for _ in range(3):
        with pytest.raises(DisconnectedError, match=word) as failed:
            await client.chat_postMessage(channel="C1", text="x")
        assert failed.value.until == clock() + TRY_AGAIN
    assert fake.calls == 1
    assert "countersign_slack_connected 0.0" in metrics.exposition().decode()
    clock.advance(TRY_AGAIN)
    for _ in range(2):
        with pytest.raises(DisconnectedError):
            await client.chat_postMessage(channel="C1", text="x")
    assert fake.calls == 2


async def test_everything_goes_on_when_the_workspace_lets_us_in_again(
    slack: tuple[FakeSlack, SlackClient, Metrics, FakeClock],
) -> None:
    fake, client, metrics, clock = slack
    client.lost("app_uninstalled")
    with pytest.raises(DisconnectedError, match="app_uninstalled"):
        await client.auth_test()
    clock.advance(TRY_AGAIN)
    await client.auth_test()
    await client.chat_postMessage(channel="C1", text="x")
    assert fake.calls == 2
    assert "countersign_slack_connected 1.0" in metrics.exposition().decode()


async def test_a_slack_that_does_not_answer_in_time_is_left_alone_for_seconds(
    slack: tuple[FakeSlack, SlackClient, Metrics, FakeClock], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, client, _, clock = slack
    whole = AsyncWebClient.api_call

    async def hanging(self: AsyncWebClient, api_method: str, **_: Any) -> Any:
        raise TimeoutError

    monkeypatch.setattr(AsyncWebClient, "api_call", hanging)
    with pytest.raises(TimeoutError):
        await client.auth_test()
    monkeypatch.setattr(AsyncWebClient, "api_call", whole)
    with pytest.raises(SlowError) as refused:
        await client.auth_test()
    assert (fake.calls, refused.value.until) == (0, clock() + SLOW)
    clock.advance(SLOW)
    await client.auth_test()
    await client.auth_test()
    assert fake.calls == 2


async def test_each_workspace_has_weather_and_a_gauge_of_its_own(
    slack: tuple[FakeSlack, SlackClient, Metrics, FakeClock],
) -> None:
    fake, client, metrics, clock = slack
    second = SlackClient("xoxb-2", client.base_url, client.session, metrics, clock, called="T02")  # type: ignore[arg-type]
    fake.answers = [limited("7")]
    with pytest.raises(RateLimitedError):
        await client.auth_test()
    await second.auth_test()
    second.lost("token_revoked")
    said = metrics.exposition().decode()
    assert 'countersign_slack_workspace_connected{team="own"} 1.0' in said
    assert 'countersign_slack_workspace_connected{team="T02"} 0.0' in said
    assert "countersign_slack_connected 0.0" in said
    second.use("xoxb-3")
    assert "countersign_slack_connected 1.0" in metrics.exposition().decode()
    second.lost("token_revoked")
    second.gone()
    assert "T02" not in metrics.exposition().decode()
    assert "countersign_slack_connected 1.0" in metrics.exposition().decode()
