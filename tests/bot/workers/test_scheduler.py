from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.workers.outbox import OutboxWorker
from bot.workers.scheduler import Round, Scheduler
from core.app.drafts import GroupDraft
from core.app.homes import REMEMBERED, OpenedHome
from core.app.outbox import Errand
from core.app.ports import ANSWERS_KEPT, StoredAnswer
from core.domain.people import SYSTEM
from core.domain.promotion import CloseReason, Status
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


async def test_gates_of_open_promotions_are_looked_at_again_every_half_minute(bench: Bench) -> None:
    await bench.promotion()
    scheduler = Scheduler(bench.countersign, "one")
    evaluations = []

    async def note(entry: object) -> None:
        evaluations.append(entry)

    worker = OutboxWorker(bench.ports, {Errand.EVALUATE: note}, bench.metrics)
    while await worker.run_due():
        pass
    evaluations.clear()
    for _ in range(40):
        await scheduler.tick()
        while await worker.run_due():
            pass
        bench.clock.advance(seconds=1)
    assert len(evaluations) == 2


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
