"""The Web API client: one shared session, a deadline on every call, counted, with rate limits obeyed.

Where Slack answered 429, further calls of that method raise `RateLimitedError` at once until `Retry-After` is over, so
nothing is called earlier than Slack allows, whoever asks. Where the token works no more (revoked, or the app removed
from the workspace), all calls raise `DisconnectedError` but one a minute: when that goes well, everything goes on.
Where it did not answer in time, all calls raise `SlowError` for some seconds: waiting takes the place of other work.
Each workspace has a client of its own, so that the weather of one is not that of another.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.metrics import Metrics

TIMEOUT_SECONDS = 10
TRY_AGAIN = timedelta(minutes=1)
"""How long a workspace that does not let us in is left alone."""
SLOW = timedelta(seconds=5)
"""How long a workspace that did not answer in time is left alone."""
OWN = "own"
"""What metrics and the log call the workspace of SLACK_BOT_TOKEN."""
NOT_LET_IN = frozenset(
    {"account_inactive", "invalid_auth", "team_access_not_granted", "token_expired", "token_revoked"}
)
_DEFAULT_WAIT = 30
_log = structlog.get_logger(__name__)


class NotNowError(Exception):
    """Nothing was called; there is no use in trying before `until`. `word` is for metrics."""

    word = "not_now"

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class RateLimitedError(NotNowError):
    """Slack wants no call of `method` before `until`."""

    word = "ratelimited"

    def __init__(self, method: str, until: datetime) -> None:
        super().__init__(f"Slack limits {method} until {until.isoformat()}", until)
        self.method = method


class DisconnectedError(NotNowError):
    """The workspace does not let us in; `reason` is Slack's word for it."""

    word = "disconnected"

    def __init__(self, reason: str, until: datetime) -> None:
        super().__init__(f"Slack does not let us in ({reason}): install the app again", until)
        self.reason = reason


class SlowError(NotNowError):
    """The workspace did not answer in time."""

    word = "slow"


class SlackClient(AsyncWebClient):
    """An AsyncWebClient that is counted and keeps within Slack's limits."""

    def __init__(
        self,
        token: str,
        base_url: str,
        session: ClientSession,
        metrics: Metrics,
        clock: Callable[[], datetime],
        *,
        called: str = OWN,
        monotonic: Callable[[], float] | None = None,
    ) -> None:
        """`monotonic` is what waiting is measured by, in seconds; the clock itself where none is given."""
        # None of its own retries: what was cut off may have been done, and whoever asked knows how to look.
        options: dict[str, Any] = {"timeout": TIMEOUT_SECONDS, "session": session, "retry_handlers": []}
        super().__init__(token, base_url.rstrip("/") + "/", **options)
        self._metrics = metrics
        self._clock = clock
        self._monotonic = monotonic or (lambda: clock().timestamp())
        self._closed_until: dict[str, float] = {}
        self._lost: str = ""
        self._lost_until = 0.0
        self._slow_until: float | None = None
        self.called = called
        metrics.note_workspace(called, lets_in=True)

    async def api_call(self, api_method: str, **options: Any) -> AsyncSlackResponse:
        """Call a method; arguments always travel in the body, where no proxy writes them down.

        Raises RateLimitedError, DisconnectedError, SlowError, SlackApiError, and what the connection raises.
        """
        if "params" in options:
            options |= {"http_verb": "POST", "data": options.pop("params")}
        self._require_let_in()
        until = self._closed_until.get(api_method)
        if until is not None and self._monotonic() < until:
            raise RateLimitedError(api_method, self._moment(until))
        try:
            response = await super().api_call(api_method, **options)
        except SlackApiError as error:
            self._metrics.slack_calls.labels(api_method, _word(error)).inc()
            if error.response.status_code == 429:
                raise self._limited(api_method, error) from error
            if slack_error(error) in NOT_LET_IN:
                raise self.lost(slack_error(error)) from error
            raise
        except TimeoutError:
            self._metrics.slack_calls.labels(api_method, "unreachable").inc()
            self._slow_until = self._in(SLOW)
            raise
        except Exception:
            self._metrics.slack_calls.labels(api_method, "unreachable").inc()
            raise
        self._metrics.slack_calls.labels(api_method, "ok").inc()
        self._let_in()
        return response

    def use(self, token: str) -> None:
        """Go on with another token of the same workspace."""
        self.token = token
        self._let_in()

    def gone(self) -> None:
        """The workspace is none of ours any more."""
        self._metrics.note_workspace(self.called, lets_in=None)

    def lost(self, reason: str) -> DisconnectedError:
        """The workspace does not let us in any more: no more calls until `TRY_AGAIN` is over."""
        if not self._lost:
            hint = "install the app again"
            if self.called == OWN:
                hint += ", set SLACK_BOT_TOKEN to the new token and restart"
            _log.error("Slack does not let us in; deliveries wait", workspace=self.called, reason=reason, hint=hint)
        self._metrics.note_workspace(self.called, lets_in=False)
        self._lost, self._lost_until = reason, self._in(TRY_AGAIN)
        return DisconnectedError(reason, self._moment(self._lost_until))

    def _let_in(self) -> None:
        self._slow_until = None
        if self._lost:
            _log.info("Slack lets us in again", workspace=self.called, after=self._lost)
            self._lost = ""
            self._metrics.note_workspace(self.called, lets_in=True)

    def _require_let_in(self) -> None:
        """Let one call through when it is time to try again."""
        if self._slow_until is not None:
            if self._monotonic() < self._slow_until:
                raise SlowError("Slack did not answer in time", self._moment(self._slow_until))
            self._slow_until = self._in(SLOW)
        if not self._lost:
            return
        if self._monotonic() < self._lost_until:
            raise DisconnectedError(self._lost, self._moment(self._lost_until))
        self._lost_until = self._in(TRY_AGAIN)

    def _limited(self, method: str, error: SlackApiError) -> RateLimitedError:
        wait = str(error.response.headers.get("Retry-After", _DEFAULT_WAIT))
        until = self._in(timedelta(seconds=int(wait) if wait.isdigit() else _DEFAULT_WAIT))
        self._closed_until[method] = until
        return RateLimitedError(method, self._moment(until))

    def _in(self, wait: timedelta) -> float:
        return self._monotonic() + wait.total_seconds()

    def _moment(self, until: float) -> datetime:
        """When that will be by the clock, as it goes now."""
        return self._clock() + timedelta(seconds=until - self._monotonic())


def slack_error(error: SlackApiError) -> str:
    """Slack's own word for what was wrong, such as `channel_not_found`."""
    answer = error.response.data
    return str(answer.get("error", "unknown")) if isinstance(answer, dict) else "unknown"


def _word(error: SlackApiError) -> str:
    return "ratelimited" if error.response.status_code == 429 else slack_error(error)
