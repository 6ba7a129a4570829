"""The Web API's door, as slack_sdk and as anybody with a bare HTTP client meets it."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.bot.playground.conftest import Kitchen
from tests.bot.playground.kettle import TOKEN


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def post(kitchen: Kitchen, path: str, **more: Any) -> tuple[int, Any, dict[str, str]]:
    async with aiohttp.ClientSession() as session, session.post(kitchen.ground.url + path, **more) as got:
        body = await (got.json() if got.content_type == "application/json" else got.text())
        return got.status, body, dict(got.headers)


async def test_a_token_is_needed_and_must_be_the_right_one(kitchen: Kitchen) -> None:
    url = kitchen.ground.api_url
    assert await error_of(AsyncWebClient(base_url=url).auth_test()) == "not_authed"
    assert await error_of(AsyncWebClient(token="xoxb-no", base_url=url).auth_test()) == "invalid_auth"
    assert (await AsyncWebClient(token=TOKEN, base_url=url).auth_test())["user_id"] == "U0BOT0001"


async def test_an_unknown_method_is_named(client: AsyncWebClient) -> None:
    assert await error_of(client.api_call("chat.whisper")) == "unknown_method"
    assert await error_of(client.apps_connections_open(app_token=TOKEN)) == "not_allowed_token_type"


async def test_forms_and_json_say_the_same(kitchen: Kitchen) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    blocks = '[{"type":"divider"}]'
    arguments = {"channel": "C01", "text": "hi", "blocks": blocks}
    for body in ({"data": arguments}, {"json": arguments}, {"data": arguments | {"token": TOKEN}, "headers": {}}):
        status, answer, _ = await post(kitchen, "/api/chat.postMessage", **({"headers": headers} | body))
        assert (status, answer["ok"], answer["message"]["blocks"][0]["type"]) == (200, True, "divider")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("{", "invalid_json"),
        ("[" * 100_000, "invalid_json"),
        ("[]", "json_not_object"),
        ('{"channel": {"a": 1}, "text": "x"}', "invalid_arguments"),
        ('{"channel": "C01", "text": 7}', "invalid_arguments"),
        ('{"channel": "C01", "text": "x", "blocks": "{"}', "invalid_arguments"),
        ('{"channel": "C01", "text": "x", "blocks": {}}', "invalid_blocks_format"),
    ],
)
async def test_bad_bodies_are_refused_in_slack_s_words(kitchen: Kitchen, body: str, error: str) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    status, answer, _ = await post(kitchen, "/api/chat.postMessage", data=body, headers=headers)
    assert (status, answer["error"]) == (200, error)


async def test_an_unknown_charset_is_no_failure_of_ours(kitchen: Kitchen) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json; charset=klingon"}
    status, answer, _ = await post(kitchen, "/api/auth.test", data=b"{}", headers=headers)
    assert (status, answer["error"]) == (200, "invalid_json")


async def test_a_rate_limit_says_when_to_come_back(kitchen: Kitchen) -> None:
    kitchen.slack.rate_limit("auth.test", seconds=9)
    with pytest.raises(SlackApiError) as refused:
        await kitchen.client.auth_test()
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "9"
    assert refused.value.response["error"] == "ratelimited"
    assert (await kitchen.client.auth_test())["ok"]


async def test_an_outage_ends_when_it_is_switched_off(kitchen: Kitchen) -> None:
    kitchen.slack.outage(True)
    assert (await post(kitchen, "/api/auth.test"))[0] == 503
    assert (await post(kitchen, "/response/x", json={}))[0] == 503
    kitchen.slack.outage(False)
    assert (await kitchen.client.auth_test())["ok"]


async def response_url(kitchen: Kitchen) -> AsyncWebhookClient:
    await kitchen.slack.command("alice", "#kitchen", "/tea", "help")
    return AsyncWebhookClient(kitchen.asked[-1]["response_url"])


async def test_a_response_url_takes_five_answers(kitchen: Kitchen) -> None:
    url = await response_url(kitchen)
    answers = [await url.send(text=f"answer {n}") for n in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [404]
    assert '"used_url"' in answers[5].body
    assert len(kitchen.slack.ephemerals("alice")) == 1 + 5


async def test_a_response_url_expires(kitchen: Kitchen) -> None:
    url = await response_url(kitchen)
    kitchen.clock.forward(30 * 60 + 1)
    answer = await url.send(text="late")
    assert (answer.status_code, "expired_url" in answer.body) == (404, True)


async def test_answers_are_private_unless_said_otherwise(kitchen: Kitchen) -> None:
    url = await response_url(kitchen)
    await url.send(text="for you")
    await url.send(text="for all", response_type="in_channel")
    assert [one.text for one in kitchen.slack.messages("#kitchen")] == ["for all"]


async def test_a_button_s_url_replaces_or_deletes_the_message(kitchen: Kitchen) -> None:
    slack = kitchen.slack
    await slack.command("alice", "#kitchen", "/tea", "Assam")
    card = await slack.message("#kitchen", "Assam")
    await slack.click("bob", card, "tea.pour")
    url = AsyncWebhookClient(kitchen.asked[-1]["response_url"])
    await url.send(text="replaced", replace_original=True)
    assert slack.now(card).words == "replaced"
    await url.send(delete_original=True)
    assert "replaced" not in [one.text for one in slack.messages("#kitchen")]


async def test_bad_answers_are_refused(kitchen: Kitchen) -> None:
    path = (await response_url(kitchen)).url.removeprefix(kitchen.ground.url)
    assert (await post(kitchen, path, data="{"))[:2] == (400, "invalid_payload")
    assert (await post(kitchen, path, json={}))[1]["error"] == "no_text"
    assert (await post(kitchen, path, json={"blocks": [{"type": "?"}]}))[1]["error"] == "invalid_blocks"
    assert (await post(kitchen, "/response/guess", json={"text": "x"}))[0] == 404
