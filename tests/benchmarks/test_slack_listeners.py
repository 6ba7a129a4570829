"""What it costs that one app answers every kind of payload: against Bolt with a single listener, for this kind only.

Both parse the same body and answer it by the same door, whose use cases have nothing to do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from statistics import median
from time import perf_counter
from typing import Any, cast

import pytest
from aiohttp import ClientSession
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.answering import answered
from bot.slack.app import build_slack_app
from bot.slack.door import Accounts, Door, Workspaces
from bot.slack.payloads import parse
from bot.slack.replies import Replies
from core.app.countersign import Countersign
from core.domain.people import SYSTEM, Actor
from tests.support.figures import Figures

BODY = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "U1"},
    "api_app_id": "A1",
    "channel": {"id": "C1"},
    "container": {"type": "message", "channel_id": "C1", "message_ts": "1.1"},
    "message": {"text": "words " * 100, "ts": "1.1"},
    "actions": [{"action_id": "a.link", "block_id": "b", "type": "button", "action_ts": "1.1"}],
}
ROUNDS, EACH = 20, 100


class Anybody:
    """Workspaces and accounts that let everybody in."""

    base_url = "http://127.0.0.1:9/api/"

    async def admits(self, team: str, enterprise: str = "") -> bool:
        return True

    async def are_one_organisation(self, home: str, enterprise: str) -> bool:
        return True

    async def client(self, team: str, enterprise: str = "") -> AsyncWebClient:
        raise AssertionError("nothing is called")

    async def lost(self, team: str, enterprise: str, reason: str) -> None:
        raise AssertionError("nothing is lost")

    async def actor(self, team: str, user: str, correlation_id: str = "", *, enterprise: str = "") -> Actor:
        return SYSTEM

    async def heard_of(
        self, team: str, profile: Mapping[str, Any], correlation_id: str = "", *, enterprise: str = ""
    ) -> None:
        raise AssertionError("nothing is heard")


def with_one_listener(door: Door) -> AsyncApp:
    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)

    app = AsyncApp(authorize=authorize, process_before_response=True, request_verification_enabled=False)

    async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
        payload = parse(body)
        assert payload is not None
        await ack(**await answered(door, payload))

    app.action(re.compile(".*"))(listener)
    return app


async def spent(app: AsyncApp) -> float:
    began = perf_counter()
    for _ in range(EACH):
        answer = await app.async_dispatch(AsyncBoltRequest(body=BODY, headers={}, mode="socket_mode"))
        assert answer.status == 200
    return perf_counter() - began


@pytest.mark.timeout(300)
async def test_all_kinds_cost_little_more_than_one(figures: Figures) -> None:
    anybody = Anybody()
    countersign = cast(Countersign, None)
    async with ClientSession() as session:
        replies = Replies(anybody.client, session, anybody.base_url)
        workspaces, accounts = cast(Workspaces, anybody), cast(Accounts, anybody)
        whole = build_slack_app(countersign, workspaces=workspaces, accounts=accounts, replies=replies)
        single = with_one_listener(Door(countersign, workspaces, accounts, replies))
        times = [(await spent(whole), await spent(single)) for _ in range(ROUNDS)]
    ratio = median(one / all_kinds for all_kinds, one in times)
    took, floor = (median(each[place] for each in times) / EACH * 1e6 for place in (0, 1))
    about = f"{took:,.0f} us a dispatch, with one listener {floor:,.0f} us"
    figures.at_least("requests/s in Slack's app, all kinds to one", ratio, 0.9, about=about)
