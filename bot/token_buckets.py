"""Token buckets in memory: so many a second for each caller, with bursts of twice that, and a bound on the callers."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_CALLERS = 10_000


class TokenBuckets:
    """One bucket for each caller; `per_second` 0 means no limit. `clock` is in seconds.

    Of more than `most` callers the one that was away the longest is forgotten: made-up names fill no memory, and who is
    forgotten starts with a full bucket, so nobody is refused for the sake of others.
    """

    def __init__(
        self,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
        *,
        burst: float = 1.0,
        most: int = MOST_CALLERS,
    ) -> None:
        """`burst` is what is let through at once at least, where twice a second's is less."""
        self._rate = per_second
        self._burst = max(burst, 2.0 * per_second)
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    @property
    def per_second(self) -> float:
        """What is let through in the long run."""
        return self._rate

    def take(self, caller: str) -> int:
        """Count a deed of a caller: 0 where it may be done, else the seconds to wait. What is refused costs nothing."""
        if not self._rate:
            return 0
        now = self._clock()
        left, since = self._buckets.get(caller, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        wait = math.ceil((1 - left) / self._rate) if left < 1 else 0
        self._buckets[caller] = (left if wait else left - 1, now)
        self._buckets.move_to_end(caller)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return wait
