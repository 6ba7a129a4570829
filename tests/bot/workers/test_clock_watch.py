from __future__ import annotations

from datetime import timedelta

from bot.workers.clock_watch import ClockWatch
from core.app.timekeeping import CLOCK_ID
from core.domain.events import Action
from tests.support.bench import Bench


class Watched:
    """A watch whose two clocks a test moves."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.elapsed = 0.0
        timekeeping = bench.countersign.timekeeping
        self.watch = ClockWatch(timekeeping, bench.clock, bench.metrics, lambda: self.elapsed)

    def pass_by(self, seconds: float, *, set_by: float = 0) -> None:
        self.elapsed += seconds
        self.bench.clock.now += timedelta(seconds=seconds + set_by)

    async def told(self) -> list[int]:
        events = await self.bench.ports.transactions.read(lambda store: store.audit.of(CLOCK_ID))
        assert {event.action for event in events} <= {Action.CLOCK_MOVED}
        return [event.details["seconds"] for event in events]


async def test_time_that_goes_by_is_nothing_to_tell(bench: Bench) -> None:
    watched = Watched(bench)
    for drift in (0, 0.4, -0.3, 1.2):
        watched.pass_by(100, set_by=drift)
        await watched.watch.look()
    assert await watched.told() == []


async def test_each_move_is_told_once_with_its_direction(bench: Bench) -> None:
    watched = Watched(bench)
    for moved in (-600, 0, 600, 0):
        watched.pass_by(1, set_by=moved)
        await watched.watch.look()
    assert await watched.told() == [-600, 600]
    metrics = bench.metrics.exposition().decode()
    assert 'countersign_clock_moves_total{direction="back"} 1.0' in metrics
    assert 'countersign_clock_moves_total{direction="forward"} 1.0' in metrics


async def test_many_small_moves_one_way_are_told_when_they_matter(bench: Bench) -> None:
    watched = Watched(bench)
    for _ in range(4):
        watched.pass_by(1, set_by=-0.9)
        await watched.watch.look()
    assert await watched.told() == [-3]


async def test_a_start_behind_what_was_written_is_told(bench: Bench) -> None:
    await bench.promotion()
    bench.clock.now -= timedelta(minutes=10)
    watched = Watched(bench)
    watched.watch.stop()
    await watched.watch.run()
    assert await watched.told() == [-600]
