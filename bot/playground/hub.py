"""Who hears of a change: open pages (server-sent events) and waiting tests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Change = dict[str, Any]

# A page that has stopped reading is told to start afresh instead of being queued for without end.
BACKLOG = 256
RESYNC: Change = {"kind": "resync"}
# Something was said in another workspace.
ELSEWHERE = "elsewhere"
# The last thing that is heard.
CLOSING = "closing"


class Hub:
    """Hands each change to every listener; a change says what to look at again, not what it is now."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Change]] = set()
        self.neighbours: tuple[Hub, ...] = ()
        """Those of other workspaces, whose pages show how much waits in this one."""

    def publish(self, kind: str, **where: Any) -> None:
        """Tell everybody that something of that kind has changed."""
        self._tell(kind, **where)
        if kind == "message":
            for each in self.neighbours:
                each._tell(ELSEWHERE)

    def _tell(self, kind: str, **where: Any) -> None:
        for queue in self._listeners:
            if queue.qsize() >= BACKLOG:
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(RESYNC)
            else:
                queue.put_nowait({"kind": kind, **where})

    @contextmanager
    def listening(self) -> Iterator[asyncio.Queue[Change]]:
        """A queue of all changes from now on."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)
