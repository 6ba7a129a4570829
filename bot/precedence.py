"""People first: whoever pressed a button waits for an answer, and what is in the outbox can wait a moment longer.

Bringing cards, messages and homes up to date takes several times as long as the decision that it is about. In a burst
of decisions it would take the processor from those that are still to be answered, and be out of date when done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

LINGER_SECONDS = 0.05
"""Who has just been answered is followed by others, in a burst."""
LONGEST_SECONDS = 2.0
"""However many come: no batch of errands waits longer than that for them."""


class Precedence:
    """Knows whether anybody waits for an answer. For one event loop."""

    def __init__(self) -> None:
        self._waiting = 0
        self._nobody = asyncio.Event()
        self._nobody.set()
        self._lingering: asyncio.TimerHandle | None = None

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Somebody waits for as long as the block runs."""
        self._waiting += 1
        self._nobody.clear()
        if self._lingering:
            self._lingering.cancel()
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._lingering = asyncio.get_running_loop().call_later(LINGER_SECONDS, self._nobody.set)

    async def turn(self) -> None:
        """Return when nobody waits any more, and at the latest after `LONGEST_SECONDS`."""
        try:
            await asyncio.wait_for(self._nobody.wait(), LONGEST_SECONDS)
        except TimeoutError:
            return
