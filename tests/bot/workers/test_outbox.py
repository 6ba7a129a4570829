from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from bot.gateways.slack_client import DisconnectedError, RateLimitedError
from bot.workers.lane import BATCH, LEASE, Lane, Runner
from bot.workers.outbox import OutboxWorker
from core.app.outbox import Errand, OutboxEntry
from core.app.ports import Store
from tests.support.bench import Bench
from tests.support.clock import nth_id

SUBJECT = nth_id(77)


class Recorder:
    """A runner that notes what it ran and fails as often as told."""

    def __init__(self, *failures: Exception) -> None:
        self.ran: list[UUID] = []
        self._failures = list(failures)

    async def __call__(self, entry: OutboxEntry) -> None:
        self.ran.append(entry.subject_id)
        if self._failures:
            raise self._failures.pop(0)


def worker(bench: Bench, runner: Runner, errand: Errand = Errand.CARD) -> OutboxWorker:
    return OutboxWorker(bench.ports, {errand: runner}, bench.metrics)


async def ask(bench: Bench, errand: Errand = Errand.CARD, subject: UUID = SUBJECT) -> None:
    now = bench.clock()
    await bench.ports.transactions.write(lambda store: store.outbox.put(errand, subject, now, "c-1"))


async def drain(one: OutboxWorker) -> None:
    while await one.run_due():
        pass


@pytest.fixture(autouse=True)
async def _empty_outbox(bench: Bench) -> None:
    await drain(OutboxWorker(bench.ports, {}, bench.metrics))


async def test_an_errand_is_run_once_and_is_then_done(bench: Bench) -> None:
    runner = Recorder()
    await ask(bench)
    await drain(worker(bench, runner))
    assert runner.ran == [SUBJECT]
    assert (await bench.ports.transactions.read(lambda store: store.outbox.depth())).waiting == 0


async def test_a_failed_errand_waits_longer_each_time_and_tells_why(bench: Bench) -> None:
    runner = Recorder(RuntimeError("first"), RuntimeError("second"))
    one = worker(bench, runner)
    await ask(bench)
    await drain(one)
    failures = await bench.ports.transactions.read(lambda store: store.outbox.failures(10))
    assert [problem for _, problem in failures] == ["RuntimeError: first"]
    bench.clock.advance(seconds=1)
    await drain(one)
    bench.clock.advance(seconds=1)
    await drain(one)
    assert len(runner.ran) == 2
    bench.clock.advance(seconds=1)
    await drain(one)
    assert len(runner.ran) == 3


async def test_what_slack_limits_waits_exactly_as_long_as_slack_says(bench: Bench) -> None:
    until = bench.clock() + LEASE * 4
    runner = Recorder(RateLimitedError("chat.update", until))
    one = worker(bench, runner)
    await ask(bench)
    await drain(one)
    bench.clock.advance(LEASE * 4 - LEASE / 30)
    await drain(one)
    assert len(runner.ran) == 1
    bench.clock.advance(LEASE / 30)
    await drain(one)
    assert len(runner.ran) == 2


async def test_two_workers_do_not_run_the_same_errand(bench: Bench) -> None:
    runner = Recorder()
    for number in range(20):
        await ask(bench, subject=nth_id(100 + number))
    await asyncio.gather(drain(worker(bench, runner)), drain(worker(bench, runner)))
    assert len(runner.ran) == 20
    assert len(set(runner.ran)) == 20


async def test_what_a_killed_program_had_claimed_is_run_after_its_lease(bench: Bench) -> None:
    runner = Recorder()
    await ask(bench)
    now = bench.clock()
    claimed = await bench.ports.transactions.write(lambda store: store.outbox.claim(now, now + LEASE, 10))
    assert len(claimed) == 1
    await drain(worker(bench, runner))
    assert runner.ran == []
    bench.clock.advance(LEASE)
    await drain(worker(bench, runner))
    assert runner.ran == [SUBJECT]


async def test_what_was_asked_for_again_meanwhile_is_run_again(bench: Bench) -> None:
    ran: list[str] = []

    async def runner(entry: OutboxEntry) -> None:
        ran.append(entry.correlation_id)
        if len(ran) == 1:
            await ask(bench)

    await ask(bench)
    await drain(worker(bench, runner))
    assert len(ran) == 2


async def test_what_must_be_said_once_is_not_asked_for_twice(bench: Bench) -> None:
    runner = Recorder()
    one = worker(bench, runner, Errand.SUMMARY)
    await ask(bench, Errand.SUMMARY)
    await drain(one)
    await ask(bench, Errand.SUMMARY)
    await drain(one)
    assert len(runner.ran) == 1


async def test_a_stopped_worker_finishes_the_errand_it_is_at(bench: Bench) -> None:
    begun, finish, ran = asyncio.Event(), asyncio.Event(), []

    async def runner(entry: OutboxEntry) -> None:
        begun.set()
        await finish.wait()
        ran.append(entry.key)

    one = worker(bench, runner)
    await ask(bench)
    running = asyncio.create_task(one.run())
    await begun.wait()
    one.stop()
    finish.set()
    await asyncio.wait_for(running, 5)
    assert ran == [f"card:{SUBJECT}"]
    assert (await bench.ports.transactions.read(lambda store: store.outbox.depth())).waiting == 0


async def test_a_commit_wakes_the_worker_at_once(bench: Bench) -> None:
    runner = Recorder()
    one = worker(bench, runner)
    running = asyncio.create_task(one.run())
    await asyncio.sleep(0.05)
    await ask(bench)
    one.wake()
    for _ in range(100):
        if runner.ran:
            break
        await asyncio.sleep(0.005)
    assert runner.ran == [SUBJECT]
    one.stop()
    await running


async def test_an_errand_waits_for_a_workspace_that_does_not_let_us_in(bench: Bench) -> None:
    until = bench.clock() + timedelta(minutes=1)
    runner = Recorder(DisconnectedError("token_revoked", until))
    one = worker(bench, runner)
    await ask(bench)
    await one.run_due()
    assert await one.run_due() == 0
    bench.clock.advance(minutes=1)
    assert await one.run_due() == 1
    assert 'result="disconnected"} 1.0' in bench.metrics.exposition().decode()


async def test_a_fault_in_one_lane_is_logged_and_the_worker_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = Recorder()
    one = worker(bench, runner)
    failures = [RuntimeError("no idea")]
    run_batch = Lane.run_batch

    async def faulty(lane: Lane, patience: float | None = None) -> tuple[int, int]:
        if failures:
            raise failures.pop()
        return await run_batch(lane, patience)

    monkeypatch.setattr(Lane, "run_batch", faulty)
    running = asyncio.create_task(one.run())
    await asyncio.sleep(0.01)
    await ask(bench)
    for _ in range(400):
        one.wake()
        if runner.ran:
            break
        await asyncio.sleep(0.005)
    one.stop()
    await running
    assert runner.ran == [SUBJECT]
    assert failures == []


async def test_a_slow_errand_does_not_hold_up_others_and_its_own_subject_waits_for_it(bench: Bench) -> None:
    go_on, ran = asyncio.Event(), list[tuple[UUID, Errand]]()
    slow, quick = nth_id(501), nth_id(502)

    async def run(entry: OutboxEntry) -> None:
        if entry.subject_id == slow and entry.errand is Errand.CARD:
            await go_on.wait()
        ran.append((entry.subject_id, entry.errand))

    one = OutboxWorker(bench.ports, dict.fromkeys(Errand, run), bench.metrics)

    async def ask_for(errand: Errand, subject_id: UUID) -> None:
        now = bench.clock()
        await bench.ports.transactions.write(lambda store: store.outbox.put(errand, subject_id, now))

    await ask_for(Errand.CARD, slow)
    assert await one.run_due(0.01) == 1
    await ask_for(Errand.SUMMARY, slow)
    await ask_for(Errand.CARD, quick)
    assert await one.run_due(0.05) == 2
    assert ran == [(quick, Errand.CARD)]
    go_on.set()
    await one.run_due()
    assert ran[1:] == [(slow, Errand.CARD), (slow, Errand.SUMMARY)]


FLOODS = {
    Errand.DESK: {Errand.EVALUATE, Errand.CARD, Errand.WEBHOOK},
    Errand.CARD: {Errand.EVALUATE, Errand.DESK, Errand.WEBHOOK},
    Errand.WEBHOOK: {Errand.EVALUATE, Errand.DESK, Errand.CARD},
}


@pytest.mark.parametrize("flood", FLOODS)
async def test_a_flood_holds_up_its_own_lane_and_starves_no_other(bench: Bench, flood: Errand) -> None:
    stuck, ran = asyncio.Event(), asyncio.Event()
    told: set[Errand] = set()

    async def slow(_: OutboxEntry) -> None:
        await stuck.wait()

    async def quick(entry: OutboxEntry) -> None:
        told.add(entry.errand)
        if told == FLOODS[flood]:
            ran.set()

    for number in range(3 * BATCH):
        await ask(bench, flood, nth_id(200 + number))
    for errand in FLOODS[flood]:
        await ask(bench, errand)
    one = OutboxWorker(bench.ports, {flood: slow, **dict.fromkeys(FLOODS[flood], quick)}, bench.metrics)
    running = asyncio.create_task(one.run())
    await asyncio.wait_for(ran.wait(), 20)
    one.stop()
    stuck.set()
    await asyncio.wait_for(running, 20)


async def test_nothing_waits_for_a_slow_service_and_what_was_not_done_at_the_end_is_done_later(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workers.outbox.GRACE_SECONDS", 0.01)
    begun, told = asyncio.Event(), asyncio.Event()

    async def slow(_: OutboxEntry) -> None:
        begun.set()
        await asyncio.Event().wait()

    async def card(_: OutboxEntry) -> None:
        told.set()

    one = OutboxWorker(bench.ports, {Errand.ASK: slow, Errand.CARD: card}, bench.metrics)
    await ask(bench, Errand.ASK)
    await ask(bench, Errand.CARD)
    running = asyncio.create_task(one.run())
    await asyncio.wait_for(begun.wait(), 30)
    await asyncio.wait_for(told.wait(), 30)  # not even an errand for the same promotion waits
    one.stop()
    await asyncio.wait_for(running, 30)
    bench.clock.advance(seconds=LEASE.total_seconds())
    again = Recorder()
    await drain(worker(bench, again, Errand.ASK))
    assert again.ran == [SUBJECT]


async def test_gates_are_looked_at_while_slack_takes_its_time(bench: Bench) -> None:
    begun, go, evaluated = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slack(_: OutboxEntry) -> None:
        begun.set()
        await go.wait()

    async def evaluate(_: OutboxEntry) -> None:
        evaluated.set()

    one = OutboxWorker(bench.ports, {Errand.CARD: slack, Errand.EVALUATE: evaluate}, bench.metrics)
    running = asyncio.create_task(one.run())
    await ask(bench, Errand.CARD)
    one.wake()
    await begun.wait()

    await ask(bench, Errand.EVALUATE)
    one.wake()
    await asyncio.wait_for(evaluated.wait(), 30)

    assert not go.is_set()
    go.set()
    one.stop()
    await running


async def test_messages_wait_for_their_turn_and_gates_do_not(bench: Bench) -> None:
    nobody_waits, evaluated, told = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def turn() -> None:
        await nobody_waits.wait()

    async def evaluate(_: OutboxEntry) -> None:
        evaluated.set()

    async def card(_: OutboxEntry) -> None:
        told.set()

    one = OutboxWorker(bench.ports, {Errand.CARD: card, Errand.EVALUATE: evaluate}, bench.metrics, turn)
    await ask(bench, Errand.CARD)
    await ask(bench, Errand.EVALUATE)
    running = asyncio.create_task(one.run())
    await asyncio.wait_for(evaluated.wait(), 30)
    assert not told.is_set()
    nobody_waits.set()
    await asyncio.wait_for(told.wait(), 30)
    one.stop()
    await asyncio.wait_for(running, 30)


async def test_a_fault_in_looking_is_logged_and_the_worker_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workers.outbox.POLL_SECONDS", 0.01)
    runner, failures = Recorder(), [RuntimeError("no idea")]
    read = bench.ports.transactions.read

    async def faulty(body: Callable[[Store], Any]) -> Any:
        if failures:
            raise failures.pop()
        return await read(body)

    one = worker(bench, runner)
    monkeypatch.setattr(type(bench.ports.transactions), "read", lambda _, body: faulty(body))
    await ask(bench)
    running = asyncio.create_task(one.run())
    for _ in range(400):
        if runner.ran:
            break
        await asyncio.sleep(0.005)
    one.stop()
    await running
    assert (runner.ran, failures) == ([SUBJECT], [])
