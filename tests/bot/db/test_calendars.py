"""Calendars, what recurs, and what time brings to promotions, on every kind of store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.app.ports import Store, Transactions
from core.domain.calendar import Calendar, CalendarEvent, WhenStale
from core.domain.environment import FreezeWindow
from core.domain.exemption import FreezeExemption
from core.domain.outlook import Outlook
from core.domain.people import ActorKind, ActorRef
from core.domain.recurrence import Recurrence
from core.errors import InUseError, NameTakenError
from tests.bot.db.samples import BOB, PRODUCTION, STAGING, promotion, release
from tests.support.clock import MORNING, nth_id

HOUR = timedelta(hours=1)
WEEKLY = Recurrence("FREQ=WEEKLY;BYDAY=MO", "Europe/Berlin", (date(2026, 12, 25),))
COMPANY = Calendar(
    nth_id(61),
    "Company",
    (PRODUCTION.id, STAGING.id),
    ("shop",),
    "https://calendar.example.com/a.ics",
    "Europe/Berlin",
    30,
    12,
    WhenStale.OPEN,
    (
        CalendarEvent("1", "Stocktaking", MORNING, MORNING + HOUR),
        CalendarEvent("2", "Mondays é", MORNING, MORNING + HOUR, WEEKLY),
    ),
    MORNING,
    MORNING + HOUR,
    "it answered 503",
)


async def test_a_calendar_comes_back_as_it_was_stored(filled: Transactions) -> None:
    await filled.write(lambda store: store.calendars.add(COMPANY))
    assert await filled.read(lambda store: store.calendars.get(COMPANY.id)) == COMPANY
    assert await filled.read(lambda store: store.calendars.named("COMPANY")) == COMPANY
    changed = replace(COMPANY, environment_ids=(), events=(), problem="", read_at=None, asked_at=None)
    await filled.write(lambda store: store.calendars.replace(changed))
    assert await filled.read(lambda store: store.calendars.all()) == (changed,)


async def test_calendars_are_found_by_environment(filled: Transactions) -> None:
    other = replace(COMPANY, id=nth_id(62), name="a other", environment_ids=(STAGING.id,))

    def add(store: Store) -> None:
        store.calendars.add(COMPANY)
        store.calendars.add(other)

    await filled.write(add)
    assert await filled.read(lambda store: store.calendars.of_environment(STAGING.id)) == (other, COMPANY)
    assert await filled.read(lambda store: store.calendars.of_environment(PRODUCTION.id)) == (COMPANY,)


async def test_an_environment_that_a_calendar_freezes_stays(filled: Transactions) -> None:
    await filled.write(lambda store: store.calendars.add(replace(COMPANY, environment_ids=(STAGING.id,))))
    with pytest.raises(InUseError, match="calendar"):
        await filled.write(lambda store: store.environments.remove(STAGING.id))
    await filled.write(lambda store: store.calendars.remove(COMPANY.id))
    assert await filled.read(lambda store: store.calendars.all()) == ()


async def test_two_calendars_of_one_name_are_refused(filled: Transactions) -> None:
    await filled.write(lambda store: store.calendars.add(COMPANY))
    with pytest.raises(NameTakenError):
        await filled.write(lambda store: store.calendars.add(replace(COMPANY, id=nth_id(62), name="COMPANY")))


async def test_a_recurring_window_is_ahead_however_long_ago_it_began(filled: Transactions) -> None:
    weekly = FreezeWindow(
        nth_id(41), "mondays", (PRODUCTION.id,), MORNING, MORNING + HOUR, "", ("shop", "billing"), WEEKLY
    )
    await filled.write(lambda store: store.freeze_windows.add(weekly))
    later = MORNING + timedelta(days=900)
    assert await filled.read(lambda store: store.freeze_windows.ahead(PRODUCTION.id, later)) == (weekly,)
    assert await filled.read(lambda store: store.freeze_windows.get(weekly.id)) == weekly


async def test_promotions_are_found_at_the_moment_that_their_outlook_names(filled: Transactions) -> None:
    soon = promotion(1, outlook=Outlook(MORNING + HOUR, MORNING + HOUR))
    later = promotion(2, release=release(2), outlook=Outlook(None, MORNING + 2 * HOUR))
    never = promotion(3, release=release(3))

    def add(store: Store) -> None:
        for number in (2, 3):
            store.releases.add(release(number))
        for each in (later, soon, never):
            store.promotions.add(each)

    await filled.write(add)

    async def due(hours: float, limit: int = 9) -> list[object]:
        found = await filled.read(lambda store: store.promotions.to_look_at(MORNING + hours * HOUR, limit))
        return list(found)

    assert await due(0.5) == []
    assert await due(1) == [soon.id]
    assert await due(3) == [soon.id, later.id]
    assert await due(3, limit=1) == [soon.id]
    assert await filled.read(lambda store: store.promotions.next_look()) == MORNING + HOUR
    stored = await filled.read(lambda store: store.promotions.get(soon.id))
    assert stored is not None
    assert stored.outlook == soon.outlook


async def test_nothing_is_looked_at_where_nothing_is_ahead(filled: Transactions) -> None:
    assert await filled.read(lambda store: store.promotions.next_look()) is None


async def test_exemptions_and_deferrals_come_back_as_they_were_stored(filled: Transactions) -> None:
    by = ActorRef(ActorKind.PERSON, BOB.id, "Bob")
    exemption = FreezeExemption(by, "The shop is down", MORNING, MORNING + HOUR)
    asked = promotion()
    await filled.write(lambda store: store.promotions.add(asked))
    changed = replace(
        asked, exemption=exemption, deferred_until=MORNING + HOUR, expires_at=MORNING + 9 * HOUR, outlook=Outlook()
    )
    await filled.write(lambda store: store.promotions.save(changed))
    assert await filled.read(lambda store: store.promotions.get(asked.id)) == replace(changed, version=1)
