from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.app.calendars import CalendarDraft
from core.app.outbox import Errand
from core.app.pages import PageRequest
from core.calendars.ics import read_events
from core.domain.calendar import Calendar, WhenStale
from core.domain.events import Action
from core.domain.gate_result import blocking
from core.domain.people import SYSTEM
from core.domain.promotion import Promotion
from core.errors import InUseError, InvalidError, NameTakenError, NotFoundError
from tests.core.app.room import Room
from tests.support.clock import nth_id

URL = "https://calendar.example.com/freezes.ics"


def ics(*events: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN", *events, "END:VCALENDAR", ""])


def event(start: str, end: str, name: str = "Inventory") -> str:
    return f"BEGIN:VEVENT\r\nUID:{name}\r\nSUMMARY:{name}\r\nDTSTART:{start}\r\nDTEND:{end}\r\nEND:VEVENT"


TODAY = ics(event("20260302T080000Z", "20260302T120000Z"))


async def calendar(room: Room, **given: Any) -> Calendar:
    drafted = {"environment_ids": (room.production.id,), "content": TODAY} | given
    return await room.countersign.calendars.create(SYSTEM, CalendarDraft("company", **drafted))


async def subscribed(room: Room, **given: Any) -> Calendar:
    return await calendar(room, content="", url=URL, **given)


async def kept(room: Room, asked: Calendar, content: str) -> None:
    await room.countersign.calendars.keep(asked, read_events(content, room.clock()))


async def looked_at(room: Room) -> Promotion:
    promotion = await room.awaiting()
    return room.stored(promotion.id)


async def test_an_imported_calendar_freezes_while_an_event_goes_on(room: Room) -> None:
    await calendar(room)
    promotion = await looked_at(room)

    (gate,) = blocking(promotion.gates)
    assert gate.message == "Freeze window Inventory (calendar company) is active until 2026-03-02 12:00 UTC"
    assert promotion.outlook.passes_at == room.clock() + timedelta(hours=3)


async def test_importing_again_takes_the_place_of_what_was_there(room: Room) -> None:
    made = await calendar(room)
    promotion = await looked_at(room)
    room.run_errands()
    tomorrow = ics(event("20260303T080000Z", "20260303T120000Z"))
    draft = CalendarDraft("company", (room.production.id,), content=tomorrow)
    await room.countersign.calendars.update(SYSTEM, made.id, draft)

    assert (Errand.EVALUATE, promotion.id) in room.errands()
    await room.evaluate(promotion.id)
    assert not blocking(room.stored(promotion.id).gates)


async def test_what_is_left_out_of_an_update_stays(room: Room) -> None:
    made = await calendar(room)
    renamed = await room.countersign.calendars.update(SYSTEM, made.id, CalendarDraft("renamed", (room.production.id,)))
    assert (renamed.name, renamed.events, renamed.read_at) == ("renamed", made.events, made.read_at)


async def test_a_deleted_calendar_opens_what_it_froze(room: Room) -> None:
    made = await calendar(room)
    promotion = await looked_at(room)
    room.run_errands()
    await room.countersign.calendars.delete(SYSTEM, made.id)

    assert (Errand.EVALUATE, promotion.id) in room.errands()
    assert room.actions(made.id) == [Action.CALENDAR_CREATED, Action.CALENDAR_DELETED]
    gone = room.memory.tables.audit[-1].details
    assert gone["environmentIds"] == [str(id) for id in made.environment_ids] != []
    assert "url" not in gone


async def test_an_environment_that_a_calendar_freezes_is_in_use(room: Room) -> None:
    await calendar(room, environment_ids=(room.staging.id,))
    with pytest.raises(InUseError):
        await room.countersign.administering.delete_environment(SYSTEM, room.staging.id)


async def test_a_subscribed_calendar_closes_until_it_is_read(room: Room) -> None:
    made = await subscribed(room)
    promotion = await looked_at(room)
    (gate,) = blocking(promotion.gates)
    assert gate.message == "Calendar company could not be read yet, and closes until it can be"

    room.run_errands()
    await kept(room, made, ics())
    assert (Errand.EVALUATE, promotion.id) in room.errands()
    await room.evaluate(promotion.id)
    assert not blocking(room.stored(promotion.id).gates)


@pytest.mark.parametrize(("when", "blocks"), [(WhenStale.CLOSED, True), (WhenStale.OPEN, False)])
async def test_a_calendar_that_cannot_be_read_for_too_long_does_as_it_is_set(
    room: Room, when: WhenStale, blocks: bool
) -> None:
    made = await subscribed(room, when_stale=when, stale_after_hours=2)
    await kept(room, made, ics())
    promotion = await looked_at(room)
    assert not blocking(promotion.gates)
    assert promotion.outlook.changes_at == room.clock() + timedelta(hours=2)

    room.clock.advance(hours=2)
    await room.countersign.calendars.failed(made, "it could not be reached")
    await room.evaluate(promotion.id)
    gates = room.stored(promotion.id).gates
    assert bool(blocking(gates)) is blocks
    assert any("could not be read" in gate.message for gate in gates)


async def test_events_stay_as_they_were_read_last(room: Room) -> None:
    made = await subscribed(room)
    await kept(room, made, TODAY)
    await room.countersign.calendars.failed(made, "This is no calendar file")

    stays = await room.countersign.calendars.get(SYSTEM, made.id)
    assert [event.name for event in stays.events] == ["Inventory"]
    assert "no calendar file" in stays.problem
    assert stays.read_at == room.clock()


async def test_what_was_read_from_another_address_is_not_kept(room: Room) -> None:
    made = await subscribed(room)
    await kept(room, replace(made, url="https://old.example.com/"), TODAY)
    await kept(room, replace(made, time_zone="Europe/Berlin"), TODAY)
    assert (await room.countersign.calendars.get(SYSTEM, made.id)).read_at is None


async def test_addresses_are_read_on_a_schedule_and_sooner_after_a_failure(room: Room) -> None:
    made = await subscribed(room, refresh_minutes=60)
    assert [each.id for each in await room.countersign.calendars.due()] == [made.id]
    await kept(room, made, ics())
    assert await room.countersign.calendars.due() == ()
    room.clock.advance(minutes=60)
    assert len(await room.countersign.calendars.due()) == 1
    await room.countersign.calendars.failed(made, "no")
    room.clock.advance(minutes=5)
    assert len(await room.countersign.calendars.due()) == 1


async def test_reading_the_same_again_disturbs_nobody(room: Room) -> None:
    made = await subscribed(room)
    await kept(room, made, TODAY)
    await looked_at(room)
    room.run_errands()
    await kept(room, made, TODAY)
    assert room.errands() == set()


async def test_holidays_of_a_schedule_are_looked_at_again_too(room: Room) -> None:
    await room.gates_of(room.production, {"schedule-gate": {"days": ["mon"], "holidayCalendar": "Company"}})
    made = await calendar(room, environment_ids=())
    promotion = await looked_at(room)
    (gate,) = blocking(promotion.gates)
    assert gate.message == "Closed: 2026-03-02 in UTC is Inventory"
    assert promotion.outlook.passes_at == room.clock() + timedelta(hours=3)

    room.run_errands()
    await room.countersign.calendars.delete(SYSTEM, made.id)
    assert (Errand.EVALUATE, promotion.id) in room.errands()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"content": ""}, "url"),
        ({"url": URL}, "content"),
        ({"content": "nonsense"}, "content"),
        ({"content": "", "url": "file:///etc/passwd"}, "url"),
        ({"content": "", "url": "https://user:secret@example.com/"}, "url"),
        ({"environment_ids": (nth_id(7),)}, "environmentIds"),
        ({"time_zone": "Mars/Olympus"}, "timeZone"),
        ({"refresh_minutes": 1}, "refreshMinutes"),
        ({"stale_after_hours": 0}, "staleAfterHours"),
        ({"components": ("",)}, "components"),
    ],
)
async def test_what_makes_no_sense_is_refused_by_its_field(room: Room, given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        await calendar(room, **given)
    assert refused.value.field == field
    assert room.memory.tables.calendars == {}


async def test_names_are_unique_and_strangers_are_not_found(room: Room) -> None:
    made = await calendar(room)
    with pytest.raises(NameTakenError):
        await calendar(room)
    with pytest.raises(NotFoundError):
        await room.countersign.calendars.get(SYSTEM, nth_id(7))
    assert replace(made) == await room.countersign.calendars.get(SYSTEM, made.id)


async def test_only_administrators_see_more_of_an_address_than_its_host(room: Room) -> None:
    kept = await subscribed(room)
    calendars = room.countersign.calendars
    assert (await calendars.get(SYSTEM, kept.id)).url == URL
    for actor in (room.actor("bob"), room.actor("erin")):
        assert (await calendars.get(actor, kept.id)).url == "https://calendar.example.com/…"
        (listed,) = (await calendars.page(actor, PageRequest())).items
        assert listed.url == "https://calendar.example.com/…"
