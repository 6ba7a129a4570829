"""Sending to the bot as Slack does: payloads in Slack's shapes, signed over the raw body."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession
from slack_sdk.signature import SignatureVerifier

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class SignedHand:
    """A person's hand at a workspace whose Web API somebody else runs."""

    session: ClientSession
    url: str
    secret: str
    team: str
    response_url: str

    async def send(self, raw: bytes, content_type: str = FORM, **headers: str) -> tuple[int, str]:
        """Send a body with a valid signature, unless `headers` say otherwise."""
        timestamp = str(int(time.time()))
        signature = SignatureVerifier(self.secret).generate_signature(timestamp=timestamp, body=raw)
        assert signature is not None
        sent = {"Content-Type": content_type, "X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}
        async with self.session.post(self.url, data=raw, headers=sent | headers) as answer:
            return answer.status, await answer.text()

    async def command(self, user: str, channel: str, name: str, text: str) -> tuple[int, str]:
        """Type a slash command."""
        form = {
            "token": "legacy",
            "team_id": self.team,
            "team_domain": "acme",
            "channel_id": channel,
            "channel_name": "releases",
            "user_id": user,
            "user_name": "somebody",
            "command": name,
            "text": text,
            "api_app_id": "A1",
            "response_url": self.response_url,
            "trigger_id": f"{time.monotonic_ns()}.1.abc",
        }
        return await self.send(urlencode(form).encode())

    async def home(self, user: str) -> tuple[int, str]:
        """Look at the App Home."""
        event = {"type": "app_home_opened", "user": user, "tab": "home", "event_ts": f"{time.time():.6f}"}
        envelope = {"type": "event_callback", "team_id": self.team, "event_id": f"Ev{time.monotonic_ns()}"}
        body = envelope | {"api_app_id": "A1", "token": "legacy", "event": event}
        return await self.send(json.dumps(body).encode(), "application/json")

    async def submit(self, user: str, view: dict[str, Any], values: dict[str, Any]) -> tuple[int, str]:
        """Submit a modal as the Web API keeps it, with the state that was filled in."""
        payload = {
            "type": "view_submission",
            "user": {"id": user, "username": "somebody", "team_id": self.team},
            "api_app_id": "A1",
            "token": "legacy",
            "team": {"id": self.team, "domain": "acme"},
            "view": view | {"state": {"values": values}},
        }
        return await self.send(urlencode({"payload": json.dumps(payload)}).encode())

    async def click(
        self, user: str, channel: str, message: dict[str, Any], action_id: str, trigger_id: str = ""
    ) -> tuple[int, str]:
        """Press a button of a message as the Web API returned it; `trigger_id` opens a modal once."""
        block, element = next(
            (block, element)
            for block in message["blocks"]
            for element in block.get("elements", ())
            if element.get("action_id") == action_id
        )
        action = {key: element[key] for key in ("action_id", "value", "type", "text")}
        payload = {
            "type": "block_actions",
            "user": {"id": user, "username": "somebody", "team_id": self.team},
            "api_app_id": "A1",
            "token": "legacy",
            "container": {"type": "message", "message_ts": message["ts"], "channel_id": channel},
            "trigger_id": trigger_id or f"{time.monotonic_ns()}.1.abc",
            "team": {"id": self.team, "domain": "acme"},
            "channel": {"id": channel, "name": "releases"},
            "message": message,
            "response_url": self.response_url,
            "actions": [{**action, "block_id": block.get("block_id", "b"), "action_ts": f"{time.time():.6f}"}],
        }
        return await self.send(urlencode({"payload": json.dumps(payload)}).encode())
