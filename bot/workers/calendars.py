"""Reading subscribed calendars again and again, beside everything else: a slow address delays nobody but itself."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from bot.gateways.calendar_feeds import CalendarFeeds
from bot.gateways.outbound import OutboundError
from bot.workers.scheduler import Round
from core.app.calendars import Calendars
from core.app.ports import Clock
from core.calendars.ics import read_events
from core.domain.calendar import Calendar
from core.errors import InvalidError, UnavailableError

LOOK = timedelta(seconds=2)
AT_ONCE = 8
_log = structlog.get_logger(__name__)


class CalendarReader:
    """Reads what is due. Use it as an asynchronous context manager, which ends what is under way."""

    def __init__(self, calendars: Calendars, feeds: CalendarFeeds, clock: Clock) -> None:
        self._calendars = calendars
        self._feeds = feeds
        self._clock = clock
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> CalendarReader:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reading:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    def rounds(self) -> tuple[Round, ...]:
        """What to do how often."""
        return (Round("calendars", LOOK, self.begin),)

    async def begin(self) -> None:
        """Begin to read what is due, unless that is still under way."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_due())

    async def read_due(self) -> int:
        """Read the calendars that are due, a few at once, and say how many there were."""
        due = await self._calendars.due()
        room = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._read(each, room) for each in due))
        return len(due)

    async def _read_due(self) -> None:
        try:
            await self.read_due()
        except UnavailableError as error:
            _log.warning("calendars cannot be read now", problem=error.message)
        except Exception:  # whatever it was, the calendars are still due and are read in the next round
            _log.exception("reading calendars failed")

    async def _read(self, calendar: Calendar, room: asyncio.Semaphore) -> None:
        async with room:
            try:
                content = await self._feeds.read(calendar.url)
                # A large file takes a while to read: meanwhile everybody else is served.
                events = await asyncio.to_thread(read_events, content, self._clock(), calendar.time_zone)
            except (OutboundError, InvalidError) as error:
                problem = f"The calendar could not be read: {error}"
                _log.info("a calendar could not be read", calendar=calendar.name, problem=str(error))
                await self._calendars.failed(calendar, problem)
            else:
                await self._calendars.keep(calendar, events)
