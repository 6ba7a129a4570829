"""The Web API client: one shared session, a deadline on every call, counted, with rate limits obeyed.

Where Slack answered 429, further calls of that method raise `RateLimitedError` at once until `Retry-After` is over, so
nothing is called earlier than Slack allows, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.metrics import Metrics

TIMEOUT_SECONDS = 10
_DEFAULT_WAIT = 30


class RateLimitedError(Exception):
    """Slack wants no call of `method` before `until`."""

    def __init__(self, method: str, until: datetime) -> None:
        super().__init__(f"Slack limits {method} until {until.isoformat()}")
        self.method = method
        self.until = until


class SlackClient(AsyncWebClient):
    """An AsyncWebClient that is counted and keeps within Slack's limits."""

    def __init__(
        self, token: str, base_url: str, session: ClientSession, metrics: Metrics, clock: Callable[[], datetime]
    ) -> None:
        super().__init__(token, base_url.rstrip("/") + "/", timeout=TIMEOUT_SECONDS, session=session)
        self._metrics = metrics
        self._clock = clock
        self._closed_until: dict[str, datetime] = {}

    async def api_call(self, api_method: str, **options: Any) -> AsyncSlackResponse:
        """Call a method; arguments always travel in the body, where no proxy writes them down.

        Raises RateLimitedError, SlackApiError, and what the connection raises.
        """
        if "params" in options:
            options |= {"http_verb": "POST", "data": options.pop("params")}
        until = self._closed_until.get(api_method)
        if until is not None and self._clock() < until:
            raise RateLimitedError(api_method, until)
        try:
            response = await super().api_call(api_method, **options)
        except SlackApiError as error:
            self._metrics.slack_calls.labels(api_method, _word(error)).inc()
            if error.response.status_code == 429:
                raise self._limited(api_method, error) from error
            raise
        except Exception:
            self._metrics.slack_calls.labels(api_method, "unreachable").inc()
            raise
        self._metrics.slack_calls.labels(api_method, "ok").inc()
        return response

    def _limited(self, method: str, error: SlackApiError) -> RateLimitedError:
        wait = str(error.response.headers.get("Retry-After", _DEFAULT_WAIT))
        until = self._clock() + timedelta(seconds=int(wait) if wait.isdigit() else _DEFAULT_WAIT)
        self._closed_until[method] = until
        return RateLimitedError(method, until)


def slack_error(error: SlackApiError) -> str:
    """Slack's own word for what was wrong, such as `channel_not_found`."""
    answer = error.response.data
    return str(answer.get("error", "unknown")) if isinstance(answer, dict) else "unknown"


def _word(error: SlackApiError) -> str:
    return "ratelimited" if error.response.status_code == 429 else slack_error(error)
