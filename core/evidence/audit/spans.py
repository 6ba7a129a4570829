"""How long things took: ranks and a distribution, in whole seconds."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
BUCKETS = (
    (10, "under 10 seconds"),
    (_MINUTE, "10 seconds to 1 minute"),
    (10 * _MINUTE, "1 to 10 minutes"),
    (_HOUR, "10 minutes to 1 hour"),
    (4 * _HOUR, "1 to 4 hours"),
    (_DAY, "4 hours to 1 day"),
    (7 * _DAY, "1 to 7 days"),
)
"""Where each bucket ends (in seconds, not included), and its name."""
BEYOND = "7 days and more"


@dataclass(slots=True)
class Spans:
    """Spans of time, kept as whole seconds, rounded down: eight bytes each."""

    seconds: array[int] = field(default_factory=lambda: array("q"))

    def add(self, span: timedelta) -> None:
        """Take one in."""
        self.seconds.append(span // timedelta(seconds=1))

    def __len__(self) -> int:
        return len(self.seconds)

    def rank(self, *percents: int) -> tuple[int | None, ...]:
        """The nearest ranks: the least span that so many percent of them do not exceed; None without spans."""
        ordered = sorted(self.seconds)
        if not ordered:
            return (None,) * len(percents)
        places = (max(-(-percent * len(ordered) // 100), 1) for percent in percents)
        return tuple(ordered[place - 1] for place in places)

    def distribution(self) -> tuple[tuple[str, int], ...]:
        """How many spans are in each bucket, by its name, the shortest first."""
        counts = dict.fromkeys((*(name for _, name in BUCKETS), BEYOND), 0)
        for each in self.seconds:
            counts[_bucket(each)] += 1
        return tuple(counts.items())


def together(spans: Iterable[Spans]) -> Spans:
    """All of them as one."""
    everything = Spans()
    for each in spans:
        everything.seconds.extend(each.seconds)
    return everything


def _bucket(seconds: int) -> str:
    return next((name for end, name in BUCKETS if seconds < end), BEYOND)
