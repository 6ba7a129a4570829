"""The Bolt app: no call at the start, no OAuth by environment, both transports alike."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp import ClientSession, web
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.gateways.slack_accounts import SlackAccounts
from bot.listening import listening
from bot.settings import Address
from bot.slack import Replies, build_slack_app, start_socket_mode
from core.app.countersign import Countersign
from tests.bot.slack.conftest import TEAM, Rig
from tests.support.workspaces import only

COMMAND = {"command": "/promotions", "text": "help", "team_id": TEAM, "user_id": "U02", "trigger_id": "1.2.3"}


def app_of(countersign: Countersign, client: AsyncWebClient, session: ClientSession) -> AsyncApp:
    accounts = SlackAccounts(only(client), countersign)
    return build_slack_app(
        countersign,
        workspaces=only(client),
        accounts=accounts,
        replies=Replies(only(client).client, session, client.base_url),
    )


async def test_nothing_is_called_at_the_start_and_no_oauth_is_switched_on(
    countersign: Countersign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "2")
    nowhere = AsyncWebClient(token="xoxb-1", base_url="http://127.0.0.1:9/api/")
    async with ClientSession() as session:
        app = app_of(countersign, nowhere, session)
        answer = await app.async_dispatch(AsyncBoltRequest(body=COMMAND, mode="socket_mode"))
    assert answer.status == 200
    assert "don't know who you are" in answer.body


async def test_a_malformed_payload_is_400_in_socket_mode_too(rig: Rig) -> None:
    app = app_of(rig.countersign, rig.client, rig.session)
    broken = {"type": "block_actions", "team": {"id": TEAM}}
    assert (await app.async_dispatch(AsyncBoltRequest(body=broken, mode="socket_mode"))).status == 400


async def test_socket_mode_answers_as_http_does(rig: Rig) -> None:
    """A stand-in for Slack's socket: it says hello, sends one command, and keeps what comes back."""
    heard: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    async def socket(request: web.Request) -> web.WebSocketResponse:
        line = web.WebSocketResponse()
        await line.prepare(request)
        await line.send_json({"type": "hello", "num_connections": 1})
        envelope = {"envelope_id": "e1", "type": "slash_commands", "accepts_response_payload": True}
        await line.send_json({**envelope, "payload": COMMAND})
        async for message in line:
            if message.type == web.WSMsgType.TEXT and not heard.done():
                heard.set_result(json.loads(message.data))
        return line

    async def opened(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer xapp-1"
        return web.json_response({"ok": True, "url": f"ws://{request.host}/socket"})

    served = web.Application()
    served.router.add_post("/api/apps.connections.open", opened)
    served.router.add_get("/socket", socket)
    async with listening(served, Address("127.0.0.1", 0)) as address:
        client = AsyncWebClient(token="xoxb-1", base_url=f"http://127.0.0.1:{address.port}/api/")
        async with start_socket_mode(app_of(rig.countersign, client, rig.session), "xapp-1"):
            answer = await asyncio.wait_for(heard, 5)
    assert answer["envelope_id"] == "e1"
    assert "What you can type" in answer["payload"]["text"]
