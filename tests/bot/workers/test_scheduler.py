from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.workers.outbox import OutboxWorker
from bot.workers.scheduler import TICK_SECONDS, Round, Scheduler
from core.app.drafts import EnvironmentDraft, FreezeWindowDraft, GroupDraft
from core.app.homes import REMEMBERED, OpenedHome
from core.app.outbox import Errand, OutboxEntry
from core.app.ports import ANSWERS_KEPT, StoredAnswer
from core.domain.gate_result import blocking
from core.domain.people import SYSTEM
from core.domain.promotion import CloseReason, Promotion, Status
from tests.core.evidence.samples import SIGNER
from tests.support.bench import Bench


async def test_a_promotion_expires_at_its_time_and_not_before(bench: Bench) -> None:
    promotion = await bench.promotion()
    scheduler = Scheduler(bench.countersign, "one")
    bench.clock.advance(timedelta(hours=24) - timedelta(seconds=1))
    await scheduler.tick()
    assert await status_of(bench, promotion.id) is Status.AWAITING_APPROVAL
    bench.clock.advance(seconds=1)
    await scheduler.tick()
    closed = await bench.ports.transactions.read(lambda store: store.promotions.get(promotion.id))
    assert closed is not None
    assert (closed.status, closed.close_reason) == (Status.CANCELLED, CloseReason.EXPIRED)


async def freeze(bench: Bench, promotion: Promotion, starts: datetime) -> None:
    """Freeze a promotion's environment for an hour."""
    admin, gates = bench.countersign.administering, {"freeze-window-gate": dict[str, object]()}
    environment = EnvironmentDraft(promotion.target.name, slack_channel="#releases", gates=gates)
    await admin.update_environment(SYSTEM, promotion.target.id, environment)
    draft = FreezeWindowDraft("soon", (promotion.target.id,), starts, starts + timedelta(hours=1))
    await admin.create_freeze_window(SYSTEM, draft)


async def test_gates_are_looked_at_right_when_time_changes_what_they_say_and_rarely_besides(bench: Bench) -> None:
    promotion = await bench.promotion()
    starts = bench.clock() + timedelta(seconds=90)
    await freeze(bench, promotion, starts)
    evaluated: list[datetime] = []

    async def evaluate(entry: OutboxEntry) -> None:
        evaluated.append(bench.clock())
        await bench.countersign.evaluating.evaluate(entry.subject_id)

    worker = OutboxWorker(bench.ports, {Errand.EVALUATE: evaluate}, bench.metrics)
    scheduler = Scheduler(bench.countersign, "one")
    while await worker.run_due():
        pass
    await scheduler.tick()
    while await worker.run_due():
        pass
    evaluated.clear()
    for _ in range(200):
        bench.clock.advance(seconds=1)
        await scheduler.tick()
        while await worker.run_due():
            pass
    assert evaluated == [starts]
    assert await status_of(bench, promotion.id) is Status.AWAITING_APPROVAL
    stored = await bench.ports.transactions.read(lambda store: store.promotions.get(promotion.id))
    assert stored is not None
    assert blocking(stored.gates)


async def test_it_wakes_up_at_the_moment_and_not_a_tick_later(bench: Bench) -> None:
    promotion = await bench.promotion()
    await freeze(bench, promotion, bench.clock() + timedelta(milliseconds=300))
    await bench.countersign.evaluating.evaluate(promotion.id)
    scheduler = Scheduler(bench.countersign, "one")
    await scheduler.tick()
    assert scheduler.rest() == pytest.approx(0.3)
    bench.clock.advance(seconds=0.3)
    assert scheduler.rest() == TICK_SECONDS


async def test_one_replica_at_a_time_works_and_another_takes_over(bench: Bench) -> None:
    await bench.promotion()
    bench.clock.advance(hours=25)
    one, other = Scheduler(bench.countersign, "one"), Scheduler(bench.countersign, "other")
    now = bench.clock()
    assert await bench.ports.transactions.write(
        lambda store: store.leases.take("scheduler", "one", now, now + timedelta(seconds=10))
    )
    await other.tick()
    assert len(await bench.ports.transactions.read(lambda store: store.promotions.open_ids())) == 1
    bench.clock.advance(seconds=11)
    await other.tick()
    await one.tick()
    assert await bench.ports.transactions.read(lambda store: store.promotions.open_ids()) == ()


async def test_old_answers_are_forgotten(bench: Bench) -> None:
    old = StoredAnswer("ci", "k", "f", bench.clock(), 201)
    await bench.ports.transactions.write(lambda store: store.answers.put(old))
    bench.clock.advance(ANSWERS_KEPT + timedelta(seconds=1))
    await Scheduler(bench.countersign, "one").tick()
    assert await bench.ports.transactions.read(lambda store: store.answers.get("ci", "k")) is None


async def test_homes_that_nobody_has_looked_at_for_a_month_are_forgotten(bench: Bench) -> None:
    alice = bench.people["alice"].id
    await bench.ports.transactions.write(lambda store: store.homes.put(OpenedHome("T1", "U1", alice, bench.clock())))
    bench.clock.advance(REMEMBERED + timedelta(seconds=1))
    await Scheduler(bench.countersign, "one").tick()
    assert await bench.ports.transactions.read(lambda store: store.homes.people()) == ()


async def test_user_groups_are_read_at_the_start_and_every_quarter_of_an_hour(bench: Bench) -> None:
    await bench.countersign.administering.create_group(SYSTEM, GroupDraft("sres", (), "S01"))
    read = []

    async def note(entry: object) -> None:
        read.append(entry)

    worker = OutboxWorker(bench.ports, {Errand.USERGROUPS: note}, bench.metrics)
    scheduler = Scheduler(bench.countersign, "one")
    while await worker.run_due():
        pass
    read.clear()
    for _ in range(31):
        await scheduler.tick()
        while await worker.run_due():
            pass
        bench.clock.advance(minutes=1)
    assert len(read) == 3


async def test_it_stops_when_told(bench: Bench) -> None:
    scheduler = Scheduler(bench.countersign, "one")
    running = asyncio.create_task(scheduler.run())
    await asyncio.sleep(0.05)
    scheduler.stop()
    await asyncio.wait_for(running, 5)


async def status_of(bench: Bench, promotion_id: object) -> Status:
    promotion = await bench.ports.transactions.read(lambda store: store.promotions.get(promotion_id))  # type: ignore[arg-type]
    assert promotion is not None
    return promotion.status


async def test_a_tick_that_fails_is_followed_by_another(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.workers.scheduler.TICK_SECONDS", 0.01)
    ticks: list[int] = []

    async def tick() -> None:
        ticks.append(len(ticks))
        if len(ticks) == 1:
            raise RuntimeError("no idea")

    scheduler = Scheduler(bench.countersign, "one")
    monkeypatch.setattr(scheduler, "tick", tick)
    running = asyncio.create_task(scheduler.run())
    for _ in range(200):
        if len(ticks) > 1:
            break
        await asyncio.sleep(0.01)
    scheduler.stop()
    await running
    assert len(ticks) > 1


async def test_where_nothing_can_be_signed_everything_else_goes_on(bench: Bench) -> None:
    promotion = await bench.promotion()
    await bench.countersign.keys.register(SYSTEM, SIGNER.public_key_pem)
    await bench.countersign.keys.revoke(SYSTEM, SIGNER.key_ref, "lost")
    bench.clock.advance(hours=25)
    worked: list[str] = []

    async def work() -> None:
        worked.append("round")

    await Scheduler(bench.countersign, "one", [Round("round", timedelta(seconds=1), work)]).tick()

    assert worked == ["round"]
    assert await status_of(bench, promotion.id) is Status.AWAITING_APPROVAL
