"""What Slack lends an app for a short while: trigger ids and response URLs."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.errors import SlackError

TRIGGER_SECONDS = 3
RESPONSE_URL_SECONDS = 30 * 60
RESPONSE_URL_USES = 5

Clock = Callable[[], float]


@dataclass
class _Trigger:
    user: str
    issued: float
    used: bool = False


class Triggers:
    """Trigger ids: each opens one modal, within three seconds of the person's deed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, _Trigger] = {}

    def issue(self, user: str) -> str:
        """A new trigger id for what `user` has just done."""
        trigger_id = f"{len(self._issued) + 1}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = _Trigger(user, self._clock())
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """Use the trigger up and say whose it is."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock() - trigger.issued > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.user


@dataclass
class ResponseUrl:
    """Where an app may answer to what `user` did in `channel`, on the message `ts` if it was a message."""

    user: str
    channel: str
    ts: str | None
    issued: float
    uses: int = 0


class ResponseUrls:
    """Response URLs: five answers within thirty minutes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, user: str, channel: str, ts: str | None = None) -> str:
        """The path of a new response URL."""
        secret = secrets.token_hex(16)
        self._issued[secret] = ResponseUrl(user, channel, ts, self._clock())
        return f"/response/{secret}"

    def use(self, secret: str) -> ResponseUrl:
        """Count one answer and say where it goes."""
        known = self._issued.get(secret)
        if known is None:
            raise SlackError("no_such_url")
        if self._clock() - known.issued > RESPONSE_URL_SECONDS:
            raise SlackError("expired_url")
        if known.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url")
        known.uses += 1
        return known
