"""So many requests a second for each token, with bursts of twice that."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from bot.api.answers import RefusedError

_CROWD = 10_000


class RateLimit:
    """Token buckets in memory, one for each caller; `per_second` 0 means no limit.

    Only callers that were recognised come here, so strangers cannot fill the memory. `clock` is in seconds.
    """

    def __init__(self, per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_second
        self._burst = float(2 * per_second)
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, caller: str) -> None:
        """Count one request of a caller. Raises RefusedError (429) that says when to come again."""
        if not self._rate:
            return
        now = self._clock()
        left, since = self._buckets.get(caller, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        if left < 1:
            self._buckets[caller] = (left, now)
            seconds = math.ceil((1 - left) / self._rate)
            raise RefusedError(
                "too_many_requests",
                f"At most {self._rate} requests a second are taken from one token",
                hint=f"Go on after {seconds} s.",
                headers={"Retry-After": str(seconds)},
            )
        self._buckets[caller] = (left - 1, now)
        if len(self._buckets) > _CROWD:
            self._forget_full(now)

    def _forget_full(self, now: float) -> None:
        whole = self._burst / self._rate
        self._buckets = {caller: bucket for caller, bucket in self._buckets.items() if now - bucket[1] < whole}
