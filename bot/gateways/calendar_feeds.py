"""Calendars at addresses: read through the guard for configured addresses, and never more than a calendar may be."""

from __future__ import annotations

from bot.gateways.outbound import Outbound, OutboundError
from core.calendars.ics import MAX_BYTES


class CalendarFeeds:
    """Reads .ics files over https."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    async def read(self, url: str) -> bytes:
        """The file at an address. Raises OutboundError, whose text holds neither the address nor what was answered."""
        headers = {"Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1", "User-Agent": "countersign"}
        answer = await self._outbound.call("GET", url, headers=headers, limit=MAX_BYTES)
        if answer.status != 200:
            raise OutboundError(f"it answered {answer.status}")
        return answer.body
