"""A storm: a share of all calls goes wrong, in every way in which calls do, by a seed.

A limit closes its method until its `Retry-After` is over, and the storm notes who calls earlier. Of what hangs, fails
or is cut off, half was done before: that is what makes a caller say things twice.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

RETRY_AFTER = 3
"""Seconds; Slack gives whole ones."""
GRACE = 1.0
"""Seconds in which calls may come that had been sent before their sender could know."""


class Blow(StrEnum):
    """What becomes of a call."""

    LIMIT = "limit"
    HANG = "hang"
    FAIL = "fail"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Hit:
    """One call that goes wrong. `seconds` is for limits and hangs; `done` says whether the call takes effect."""

    blow: Blow
    seconds: int = 0
    done: bool = False


class Storm:
    """Decides by chance which calls go wrong: `share` of them."""

    def __init__(
        self, seed: int, share: float = 0.3, hang: int = 15, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        # Weather is no secret.
        self._chance = random.Random(seed)  # noqa: S311  # nosec B311
        self._share = share
        self._hang = hang
        self._now = monotonic
        self._closed: dict[str, tuple[float, float]] = {}
        self.hits: Counter[Blow] = Counter()
        self.calls = 0
        self.too_early: list[str] = []

    def hit(self, method: str) -> Hit | None:
        """What becomes of this call of `method`; None where it goes well."""
        self.calls += 1
        now = self._now()
        since, until = self._closed.get(method, (now, now))
        if now < until:
            if now > since + GRACE:
                self.too_early.append(f"{method} {until - now:.2f} s too early")
            return self._limit(until - now)
        if self._chance.random() >= self._share:
            return None
        blow = self._chance.choice(list(Blow))
        if blow is Blow.LIMIT:
            self._closed[method] = (now, now + RETRY_AFTER)
            return self._limit(RETRY_AFTER)
        self.hits[blow] += 1
        return Hit(blow, self._hang if blow is Blow.HANG else 0, self._chance.random() < 0.5)

    def _limit(self, left: float) -> Hit:
        self.hits[Blow.LIMIT] += 1
        return Hit(Blow.LIMIT, max(1, -int(-left // 1)))
