"""Subscribed calendars are read when they are due, and a slow or broken one holds nobody up."""

from __future__ import annotations

import asyncio

from bot.gateways.calendar_feeds import CalendarFeeds
from bot.gateways.outbound import OutboundError
from bot.workers.calendars import CalendarReader
from core.app.calendars import CalendarDraft
from core.domain.calendar import Calendar
from core.domain.people import SYSTEM
from tests.support.bench import Bench

DAY = b"\r\n".join(
    [
        *(b"BEGIN:VCALENDAR", b"VERSION:2.0", b"PRODID:x", b"BEGIN:VEVENT", b"UID:1", b"SUMMARY:Stocktaking"),
        *(b"DTSTART;VALUE=DATE:20261225", b"END:VEVENT", b"END:VCALENDAR", b""),
    ]
)


class Feeds(CalendarFeeds):
    """Answers beforehand, by address."""

    def __init__(self, **answers: bytes | Exception) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.open = asyncio.Event()
        self.open.set()

    async def read(self, url: str) -> bytes:
        self.asked.append(url)
        await self.open.wait()
        answer = self.answers[url.removeprefix("https://example.com/")]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def subscribed(bench: Bench, name: str) -> Calendar:
    return await bench.countersign.calendars.create(SYSTEM, CalendarDraft(name, url=f"https://example.com/{name}"))


async def stored(bench: Bench, calendar: Calendar) -> Calendar:
    return await bench.countersign.calendars.get(SYSTEM, calendar.id)


def reader(bench: Bench, feeds: Feeds) -> CalendarReader:
    return CalendarReader(bench.countersign.calendars, feeds, bench.clock)


async def test_what_is_due_is_read_and_then_not_for_an_hour(bench: Bench) -> None:
    made = await subscribed(bench, "good")
    feeds = Feeds(good=DAY)
    assert await reader(bench, feeds).read_due() == 1
    assert [event.name for event in (await stored(bench, made)).events] == ["Stocktaking"]
    assert await reader(bench, feeds).read_due() == 0
    bench.clock.advance(hours=1)
    assert await reader(bench, feeds).read_due() == 1


async def test_whatever_is_wrong_with_one_is_said_and_the_others_are_read(bench: Bench) -> None:
    names = ("good", "away", "nonsense")
    made = {name: await subscribed(bench, name) for name in names}
    feeds = Feeds(good=DAY, away=OutboundError("it could not be reached"), nonsense=b"<html>")
    assert await reader(bench, feeds).read_due() == 3
    found = {name: await stored(bench, calendar) for name, calendar in made.items()}
    assert found["away"].problem == "The calendar could not be read: it could not be reached"
    assert "no calendar file" in found["nonsense"].problem
    assert (found["good"].problem, found["away"].read_at) == ("", None)


async def test_a_slow_address_delays_nobody_and_is_asked_once(bench: Bench) -> None:
    await subscribed(bench, "good")
    feeds = Feeds(good=DAY)
    feeds.open.clear()
    async with reader(bench, feeds) as reading:
        for _ in range(3):
            await asyncio.wait_for(reading.begin(), 1)
            await asyncio.sleep(0.05)
        assert len(feeds.asked) == 1


async def test_the_reader_goes_on_after_a_fault_of_its_own(bench: Bench) -> None:
    made = await subscribed(bench, "good")
    feeds = Feeds(good=RuntimeError("no idea"))
    async with reader(bench, feeds) as reading:
        await reading.begin()
        for _ in range(100):
            if feeds.asked:
                break
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        feeds.answers["good"] = DAY
        for _ in range(200):
            await reading.begin()
            await asyncio.sleep(0.01)
            if (await stored(bench, made)).events:
                return
    raise AssertionError("the calendar was never read")
