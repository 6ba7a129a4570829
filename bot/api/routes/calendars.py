"""Calendars that somebody else keeps."""

from __future__ import annotations

from uuid import UUID

from bot.api.endpoint import Call, Endpoint
from bot.api.paths import BASE
from bot.api.schemas.calendars import CalendarBody, CalendarList, CalendarShown, calendar_of, calendars_of
from bot.api.schemas.queries import PageQuery
from core.domain.calendar import Calendar

TAG = "Calendars"
PATH = f"{BASE}/calendars"


async def create_calendar(call: Call, body: CalendarBody) -> CalendarShown:
    """Create a calendar.

    Give the address of an .ics file, which is read within seconds and then every `refreshMinutes`, or the file itself.
    Until an address was first read, its environments are closed or open as `whenStale` says.
    """
    calendar = await call.countersign.calendars.create(call.actor, body.draft())
    call.headers["Location"] = f"{PATH}/{calendar.id}"
    return _shown(call, calendar)


async def list_calendars(call: Call, query: PageQuery) -> CalendarList:
    """List calendars by name."""
    page = await call.countersign.calendars.page(call.actor, query.request())
    return calendars_of(page, call.countersign.ports.clock())


async def get_calendar(call: Call, id: UUID) -> CalendarShown:
    """Get a calendar.

    With its events and how it was read last.
    """
    return _shown(call, await call.countersign.calendars.get(call.actor, id))


async def update_calendar(call: Call, id: UUID, body: CalendarBody) -> CalendarShown:
    """Replace a calendar.

    Without `content` its events stay; another `url` is read anew. Open promotions that it touches are looked at again.
    """
    return _shown(call, await call.countersign.calendars.update(call.actor, id, body.draft()))


async def delete_calendar(call: Call, id: UUID) -> None:
    """Delete a calendar.

    Open promotions that it held back are looked at again.
    """
    await call.countersign.calendars.delete(call.actor, id)


def _shown(call: Call, calendar: Calendar) -> CalendarShown:
    return calendar_of(calendar, call.countersign.ports.clock())


ENDPOINTS = (
    Endpoint("POST", PATH, create_calendar, TAG, 201, needs="admin", errors=("name_taken",)),
    Endpoint("GET", PATH, list_calendars, TAG, needs="reader"),
    Endpoint("GET", f"{PATH}/{{id}}", get_calendar, TAG, needs="reader"),
    Endpoint("PUT", f"{PATH}/{{id}}", update_calendar, TAG, needs="admin", errors=("name_taken",)),
    Endpoint("DELETE", f"{PATH}/{{id}}", delete_calendar, TAG, 204, needs="admin"),
)
