"""Slack's side of the line to the app: signed HTTP, three seconds to answer, retries for events."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.playground.passes import Clock
from bot.playground.records import Json

ACK_SECONDS = 3.0
RETRY_AFTER = (0.0, 60.0, 300.0)
FORM = "application/x-www-form-urlencoded"
REMEMBERED = 500


@dataclass(frozen=True)
class Sent:
    """One delivery as it went out; a test may send it again, as Slack does when in doubt."""

    body: str
    content_type: str
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """What came back: `error` is empty, `operation_timeout` or `dispatch_failed`."""

    error: str = ""
    reason: str = ""
    status: int = 0
    body: str = ""
    retry: bool = True

    def json(self) -> Json:
        """The answer's JSON object, empty where it is none."""
        try:
            answer = json.loads(self.body or "{}")
        except (ValueError, RecursionError):
            return {}
        return answer if isinstance(answer, dict) else {}


class Delivery:
    """Sends payloads to the app's request URL and keeps the last ones in `sent`."""

    def __init__(
        self, bot_url: str, signing_secret: str, *, clock: Clock, ack_seconds: float, retry_after: tuple[float, ...]
    ) -> None:
        self._clock = clock
        self.bot_url = bot_url
        self.sent: deque[Sent] = deque(maxlen=REMEMBERED)
        self._signing_secret = signing_secret
        self._ack_seconds = ack_seconds
        self._retry_after = retry_after
        self._session: aiohttp.ClientSession | None = None
        self._events: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Drop what is under way and close connections."""
        for task in self._events:
            task.cancel()
        await asyncio.gather(*self._events, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def command(self, form: Mapping[str, str]) -> Reply:
        """Deliver a slash command."""
        return await self.send(Sent(urlencode(form), FORM))

    async def interaction(self, payload: Json) -> Reply:
        """Deliver an interaction payload."""
        return await self.send(Sent(urlencode({"payload": json.dumps(payload)}), FORM))

    def event(self, envelope: Json) -> None:
        """Deliver an event in the background, again when the app does not take it."""
        task = asyncio.create_task(self._until_taken(json.dumps(envelope)))
        self._events.add(task)
        task.add_done_callback(self._events.discard)

    async def settled(self) -> None:
        """Wait until all events under way have been taken or given up."""
        await asyncio.gather(*self._events)

    async def send(self, sent: Sent) -> Reply:
        """Sign and post one delivery, now."""
        self.sent.append(sent)
        if self._session is None:
            self._session = aiohttp.ClientSession()
        headers = self.signature(sent.body, str(int(self._clock()))) | {"Content-Type": sent.content_type, **sent.extra}
        timeout = aiohttp.ClientTimeout(total=self._ack_seconds)
        try:
            async with self._session.post(
                self.bot_url, data=sent.body.encode(), headers=headers, timeout=timeout
            ) as got:
                body = await got.text(errors="replace")
                retry = "X-Slack-No-Retry" not in got.headers
                failed = got.status != 200
                return Reply(
                    "dispatch_failed" if failed else "", "http_error" if failed else "", got.status, body, retry
                )
        except TimeoutError:
            return Reply("operation_timeout", "http_timeout")
        except (aiohttp.ClientError, ValueError):
            return Reply("dispatch_failed", "connection_failed")

    def signature(self, body: str, timestamp: str) -> dict[str, str]:
        """The headers by which the app knows that Slack sent this body."""
        signature = SignatureVerifier(self._signing_secret).generate_signature(timestamp=timestamp, body=body)
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature or ""}

    async def _until_taken(self, body: str) -> None:
        reply = await self.send(Sent(body, "application/json"))
        for number, pause in enumerate(self._retry_after, start=1):
            if not reply.error or not reply.retry:
                return
            await asyncio.sleep(pause)
            extra = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reply.reason}
            reply = await self.send(Sent(body, "application/json", extra))
