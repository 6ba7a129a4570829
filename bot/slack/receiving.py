"""`POST /slack/events`: who sent it is checked on the raw body before anything in it is looked at.

1. no more than 1 MiB, as it was sent: not packed    413, 400, 408
2. signature and timestamp                           401
3. content type, JSON or form, shape of the payload  400
4. the app answers
Nothing of a body, header or response URL is ever logged.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier

from bot.incoming import SlowBodyError, body_within
from bot.slack.payloads import MalformedError, parse
from core.errors import InvalidError
from core.strict_json import strict_json

MAX_BODY = 1024 * 1024
_MAX_FIELDS = 100
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_FORM = "application/x-www-form-urlencoded"
_log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.Response]]


class _Clock(SlackClock):
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()


def slack_events(app: AsyncApp, signing_secret: str, clock: Callable[[], datetime]) -> Handler:
    """The handler of everything that Slack sends over HTTP. Raises ValueError for an empty secret."""
    verifier = SignatureVerifier(signing_secret, _Clock(clock))

    async def handle(request: web.Request) -> web.Response:
        try:
            raw = await _read(request)
        except (MalformedError, web.RequestPayloadError, HttpProcessingError):
            return _refused(400, "unreadable")
        except SlowBodyError:
            return _refused(408, "too slow")
        if raw is None:
            return _refused(413, "too large")
        if problem := _signature_problem(verifier, request.headers, raw):
            return _refused(401, problem)
        try:
            body = _body(request.content_type, raw)
            parse(body)
        except (MalformedError, InvalidError, ValueError):
            return _refused(400, "malformed")
        # Parsed strictly here, so it is handed over as Socket Mode does, and not parsed a second time.
        answer = await app.async_dispatch(AsyncBoltRequest(body=body, headers={}, mode="socket_mode"))
        return await to_aiohttp_response(answer)

    return handle


async def _read(request: web.Request) -> bytes | None:
    """The body; None where it is larger than Slack ever sends.

    Raises MalformedError for a packed one: aiohttp would unpack it, and what is signed is what was sent.
    """
    raw = await body_within(request, MAX_BODY)
    if raw is not None and "Content-Encoding" in request.headers:
        raise MalformedError("content encoding")
    return raw


def _signature_problem(verifier: SignatureVerifier, headers: Mapping[str, str], raw: bytes) -> str:
    """Why it cannot be Slack's; empty where it is."""
    timestamp = headers.get("X-Slack-Request-Timestamp", "")
    signature = headers.get("X-Slack-Signature", "")
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        return "headers missing or malformed"
    try:
        valid = verifier.is_valid(raw, timestamp, signature)
    except UnicodeDecodeError:
        return "not UTF-8"
    return "" if valid else "stale or not signed with our secret"


def _body(content_type: str, raw: bytes) -> dict[str, Any]:
    """The object that a body means. Raises InvalidError, ValueError, MalformedError."""
    if content_type == "application/json":
        return _object(raw)
    if content_type != _FORM:
        raise MalformedError("content type")
    pairs = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise MalformedError("a field comes twice")
    return _object(fields["payload"].encode()) if "payload" in fields else dict(fields)


def _object(raw: bytes) -> dict[str, Any]:
    value = strict_json(raw)
    if not isinstance(value, dict):
        raise MalformedError("not an object")
    return value


def _refused(status: int, reason: str) -> web.Response:
    _log.warning("a request to /slack/events was refused", status=status, reason=reason)
    return web.Response(status=status)
