from __future__ import annotations

from datetime import timedelta

from core.app.timekeeping import CLOCK_ID, CLOCKS_AGREE
from tests.core.app.room import Room


async def test_a_clock_that_agrees_is_not_behind(room: Room) -> None:
    room.clock.now -= CLOCKS_AGREE
    assert await room.countersign.timekeeping.behind() == timedelta()
    assert room.actions(CLOCK_ID) == []


async def test_what_is_behind_is_noted_once_in_the_audit_log_and_the_transparency_log(room: Room) -> None:
    leaves = len(room.memory.tables.log.leaves)
    room.clock.now -= timedelta(minutes=10)
    assert await room.countersign.timekeeping.behind() == timedelta(minutes=10)
    (entry,) = [event for event in room.memory.tables.audit if event.subject_id == CLOCK_ID]
    assert (entry.details["seconds"], entry.at) == (-600, room.clock())
    assert entry.details["from"] > entry.details["to"]
    assert len(room.memory.tables.log.leaves) == leaves + 1
    assert await room.countersign.timekeeping.behind() == timedelta(), "what was written last is by this clock now"
