"""What the audit log says of the clock itself.

Times in evidence and in the audit log are what the clock said; nothing corrects them afterwards. So that nobody takes a
wrong time for a right one, the log tells where the clock was moved: its order is the order in which things happened,
and the times on either side of such an entry cannot be compared. The entry is a leaf of the transparency log too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from core.app.journal import Journal
from core.app.ports import Ports, Store
from core.domain.events import Action
from core.domain.moment import moment_text
from core.domain.people import SYSTEM

CLOCK_ID = UUID(int=1)
"""The subject of entries about the clock."""
CLOCKS_AGREE = timedelta(seconds=5)
"""By how much replicas' clocks may differ before it is worth a word."""


class Timekeeping:
    """Writes down what is wrong with the clock."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def moved(self, by: timedelta) -> None:
        """The clock was set back (`by` is negative) or forward while the program ran."""

        def body(store: Store) -> None:
            now = self._ports.clock()
            _note(store, now - by, now)

        await self._ports.transactions.write(body)

    async def behind(self) -> timedelta:
        """How far the clock is behind the newest entry, which was written by another one; that is noted too."""

        def look(store: Store) -> timedelta:
            return behind(store, self._ports.clock())

        missing = await self._ports.transactions.read(look)
        if missing:
            await self.moved(-missing)
        return missing


def behind(store: Store, now: datetime) -> timedelta:
    """How far a clock that says `now` is behind the newest audit entry; nothing where replicas may differ so much."""
    newest = store.audit.newest()
    return newest.at - now if newest and newest.at - now > CLOCKS_AGREE else timedelta()


def _note(store: Store, before: datetime, now: datetime) -> None:
    seconds = round((now - before).total_seconds())
    moment = {"from": moment_text(before.replace(microsecond=0)), "to": moment_text(now.replace(microsecond=0))}
    Journal(store, SYSTEM, now).note(Action.CLOCK_MOVED, CLOCK_ID, seconds=seconds, **moment)
