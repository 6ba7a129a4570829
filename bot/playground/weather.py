"""Bad days of Slack, on request: outages, rate limits and storms."""

from __future__ import annotations

from dataclasses import dataclass

from bot.playground.hub import Hub
from bot.playground.storm import Hit, Storm

ANY_METHOD = "*"


@dataclass
class _Limit:
    seconds: int
    times: int


class Weather:
    """Whether the Web API answers at all, and which methods are told to wait."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._limits: dict[str, _Limit] = {}
        self._storm: Storm | None = None
        self.is_out = False

    def storm(self, storm: Storm | None) -> None:
        """Let a storm come, or have it over."""
        self._storm = storm

    def hit(self, method: str) -> Hit | None:
        """What a storm makes of this call; None where there is none."""
        return self._storm.hit(method) if self._storm else None

    def outage(self, on: bool) -> None:
        """While on, every call to the Web API is answered with 503."""
        self.is_out = on
        self._hub.publish("weather")

    def rate_limit(self, method: str = ANY_METHOD, seconds: int = 1, times: int = 1) -> None:
        """Answer the next `times` calls of `method` (`*` for all) with 429 and `Retry-After: seconds`."""
        if times > 0:
            self._limits[method] = _Limit(seconds, times)
        else:
            self._limits.pop(method, None)
        self._hub.publish("weather")

    def wait_for(self, method: str) -> int | None:
        """Seconds that this call is told to wait, None when it may go on; counts the call."""
        for name in (method, ANY_METHOD):
            limit = self._limits.get(name)
            if limit is not None:
                limit.times -= 1
                if limit.times <= 0:
                    del self._limits[name]
                self._hub.publish("weather")
                return limit.seconds
        return None

    def left(self) -> dict[str, int]:
        """How many calls are still to be refused, by method."""
        return {method: limit.times for method, limit in self._limits.items()}
