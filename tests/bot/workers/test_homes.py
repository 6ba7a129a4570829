"""App Homes are kept current for people who look at them, and left alone otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.workers.delivery import SlackDelivery
from bot.workers.errands import runners
from bot.workers.outbox import OutboxWorker
from core.app.deciding import CastVote
from core.app.drafts import PersonDraft
from core.app.homes import OpenedHome
from core.domain.people import SYSTEM
from core.domain.promotion import VoteChoice
from tests.support.bench import TEAM, Bench
from tests.support.workspaces import only


@pytest.fixture
def worker(bench: Bench) -> OutboxWorker:
    delivery = SlackDelivery(only(bench.client), bench.ports)
    return OutboxWorker(bench.ports, runners(bench.countersign, delivery, None, bench.metrics), bench.metrics)


async def open_home(bench: Bench, handle: str, user: str = "") -> None:
    person = bench.people[handle]
    opened = OpenedHome(TEAM, user or person.slack[0].user, person.id, bench.clock())
    await bench.ports.transactions.write(lambda store: store.homes.put(opened))


async def drain(bench: Bench, worker: OutboxWorker) -> None:
    """Run what is due now, and what is due once changes have been gathered."""
    for _ in range(2):
        while await worker.run_due():
            pass
        bench.clock.advance(seconds=1)


def published(bench: Bench) -> int:
    """How often an App Home was published."""
    exposition = bench.metrics.exposition().decode()
    lines = [line for line in exposition.splitlines() if "views.publish" in line and "_total" in line]
    return int(sum(float(line.rsplit(" ", 1)[1]) for line in lines))


async def test_those_whom_a_request_concerns_see_it_if_they_have_looked_before(
    bench: Bench, worker: OutboxWorker
) -> None:
    await open_home(bench, "alice")
    await open_home(bench, "bob")
    await bench.promotion()
    await drain(bench, worker)
    home = bench.slack.home("bob")
    assert home is not None
    assert "1 waits for you" in home.words
    mine = bench.slack.home("alice")
    assert mine is not None
    assert "You asked for" in mine.words
    assert bench.slack.home("carol") is None


async def test_ten_quick_changes_publish_once_for_each_person(bench: Bench, worker: OutboxWorker) -> None:
    await open_home(bench, "bob")
    await drain(bench, worker)
    before = published(bench)
    for number in range(10):
        await bench.promotion(str(number))
    await drain(bench, worker)
    home = bench.slack.home("bob")
    assert home is not None
    assert "10 wait for you" in home.words
    assert published(bench) - before == 1


async def test_what_shows_the_same_already_is_left_alone(bench: Bench, worker: OutboxWorker) -> None:
    await open_home(bench, "bob")
    promotion = await bench.promotion()
    await drain(bench, worker)
    before = published(bench)
    await bench.countersign.deciding.vote(bench.actor("carol"), CastVote(promotion.id, VoteChoice.APPROVED))
    await drain(bench, worker)
    assert published(bench) == before + 1
    await bench.countersign.evaluating.evaluate(promotion.id)
    await drain(bench, worker)
    assert published(bench) == before + 1


async def test_an_account_that_is_gone_is_forgotten_and_holds_nothing_up(bench: Bench, worker: OutboxWorker) -> None:
    await open_home(bench, "bob", "U0GONE")
    await bench.promotion()
    await drain(bench, worker)
    bob = bench.people["bob"].id
    assert await bench.ports.transactions.read(lambda store: store.homes.of([bob])) == ()
    assert (await bench.ports.transactions.read(lambda store: store.outbox.depth())).waiting == 0


async def test_somebody_deactivated_meanwhile_reads_why_there_is_nothing(bench: Bench, worker: OutboxWorker) -> None:
    await open_home(bench, "bob")
    person = bench.people["bob"]
    draft = PersonDraft(person.email, person.name, slack=person.slack, active=False)
    await bench.countersign.administering.update_person(SYSTEM, person.id, draft)
    await drain(bench, worker)
    home = bench.slack.home("bob")
    assert home is not None
    assert "deactivated" in home.words


async def test_an_outage_delays_it_and_loses_nothing(bench: Bench, worker: OutboxWorker) -> None:
    await open_home(bench, "bob")
    bench.slack.outage(True)
    await bench.promotion()
    await drain(bench, worker)
    assert bench.slack.home("bob") is None
    bench.slack.outage(False)
    for _ in range(4):
        bench.clock.advance(timedelta(seconds=60))
        await drain(bench, worker)
    assert bench.slack.home("bob") is not None
