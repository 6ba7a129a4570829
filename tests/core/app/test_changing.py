from __future__ import annotations

from core.app.changing import last_changed
from core.app.ports import Store
from tests.core.app.room import Room


async def test_what_gates_said_for_the_first_time_is_no_change(room: Room) -> None:
    promotion = await room.awaiting()
    assert await room.memory.read(lambda store: last_changed(store, promotion.id)) is None


async def test_the_last_change_is_told_with_its_time(room: Room) -> None:
    await room.scan(room.release, critical=3)
    promotion = await room.awaiting()
    room.clock.advance(minutes=5)
    await room.scan(room.release)
    await room.evaluate(promotion.id)
    room.clock.advance(minutes=5)
    await room.evaluate(promotion.id)

    def read(store: Store) -> tuple[object, list[tuple[str, str]]]:
        found = last_changed(store, promotion.id)
        assert found is not None
        return found.at, [(each.gate_name, each.after) for each in found.changes]

    at, changes = await room.memory.read(read)
    assert at == promotion.evaluated_at or at is not None
    assert changes == [("security-gate", "passed: Within thresholds: 0 critical (max: 0), 0 high (max: 5)")]
