from __future__ import annotations

import ipaddress

import pytest
from aiohttp import web

from bot.gateways.calendar_feeds import CalendarFeeds
from bot.gateways.outbound import Outbound, OutboundError
from bot.listening import listening
from bot.settings import Address
from core.calendars.ics import MAX_BYTES

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


async def answer(request: web.Request) -> web.StreamResponse:
    match request.path:
        case "/calendar.ics":
            return web.Response(text="BEGIN:VCALENDAR")
        case "/moved":
            raise web.HTTPFound("/calendar.ics")
        case "/huge":
            return web.Response(body=b"x" * (MAX_BYTES + 1))
    return web.Response(status=404)


async def read(path: str, *, allowed: bool = True) -> bytes:
    app = web.Application()
    app.router.add_get("/{name}", answer)
    async with listening(app, Address("127.0.0.1", 0)) as address, Outbound(LOOPBACK if allowed else ()) as outbound:
        return await CalendarFeeds(outbound).read(f"http://127.0.0.1:{address.port}{path}")


async def test_a_calendar_is_read() -> None:
    assert await read("/calendar.ics") == b"BEGIN:VCALENDAR"


@pytest.mark.parametrize(("path", "why"), [("/moved", "redirects"), ("/huge", "longer than"), ("/gone", "404")])
async def test_what_is_no_plain_answer_is_refused(path: str, why: str) -> None:
    with pytest.raises(OutboundError, match=why):
        await read(path)


async def test_addresses_inside_are_not_reached_unless_allowed() -> None:
    with pytest.raises(OutboundError, match="https"):
        await read("/calendar.ics", allowed=False)
