"""Time and ids that a test decides: they fit core's ports `Clock` and `NewId`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""The moment at which every fake clock starts: a Monday, outside of any freeze."""


class FakeClock:
    """A clock that stands still until it is told to move; always aware, in UTC."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(
        self, delta: timedelta | None = None, *, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> datetime:
        """Move forward and give the new time."""
        step = (delta or timedelta()) + timedelta(hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta():
            raise ValueError("a clock does not run backwards; set `now` where a test needs that")
        self.now += step
        return self.now


class SequentialIds:
    """Ids that count up, valid as UUID version 4, the same in every run: `...0001`, `...0002`."""

    def __init__(self, start: int = 1) -> None:
        self._next = start

    def __call__(self) -> UUID:
        number = self._next
        self._next += 1
        return nth_id(number)


def nth_id(number: int) -> UUID:
    """The id that a fresh `SequentialIds` gives at its `number`-th call, counted from 1."""
    return UUID(f"00000000-0000-4000-8000-{number:012x}")


class Seconds:
    """A monotonic clock in seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now
