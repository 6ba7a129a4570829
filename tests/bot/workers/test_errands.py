from __future__ import annotations

from bot.workers.errands import runners
from bot.workers.outbox import OutboxWorker
from core.app.deciding import CastVote
from core.app.deploying import ReportDeployment
from core.app.drafts import EnvironmentDraft, ReleaseDraft
from core.app.outbox import Errand
from core.app.requesting import RequestPromotion
from core.domain.people import SYSTEM, Actor, ActorKind, ActorRef, Right
from core.domain.promotion import Status, VoteChoice
from core.domain.release import DeploymentStatus
from tests.support.bench import Bench
from tests.support.clock import nth_id


def worker(bench: Bench) -> OutboxWorker:
    return OutboxWorker(bench.ports, runners(bench.countersign, None, None, bench.metrics), bench.metrics)


async def test_gates_are_evaluated_after_a_request_without_another_call(bench: Bench) -> None:
    environment = await bench.countersign.administering.create_environment(SYSTEM, EnvironmentDraft("staging"))
    release = await bench.countersign.releasing.register(SYSTEM, ReleaseDraft("shop", "1"))
    wanted = RequestPromotion(release.id, environment.id)
    asked = await bench.countersign.requesting.request(bench.actor("alice"), wanted)
    assert asked.status is Status.PENDING
    await worker(bench).run_due()
    found = await bench.ports.transactions.read(lambda store: store.promotions.get(asked.id))
    assert found is not None
    assert found.status is Status.AWAITING_APPROVAL


async def test_decisions_are_counted_once_each(bench: Bench) -> None:
    promotion = await bench.promotion()
    await bench.countersign.deciding.vote(bench.actor("bob"), CastVote(promotion.id, VoteChoice.APPROVED))
    one = worker(bench)
    while await one.run_due():
        pass
    now = bench.clock()
    await bench.ports.transactions.write(lambda store: store.outbox.put(Errand.WEBHOOK, promotion.id, now))
    while await one.run_due():
        pass
    assert 'countersign_decisions_total{status="approved"} 1.0' in bench.metrics.exposition().decode()


async def test_a_decision_that_is_told_late_counts_as_what_it_was(bench: Bench) -> None:
    promotion = await bench.promotion()
    await bench.countersign.deciding.vote(bench.actor("bob"), CastVote(promotion.id, VoteChoice.APPROVED))
    pipeline = Actor(ActorRef(ActorKind.SERVICE, nth_id(0xC1), "ci"), "rest", frozenset({Right.DEPLOYER}))
    report = ReportDeployment(promotion.id, DeploymentStatus.DEPLOYING)
    await bench.countersign.deploying.report(pipeline, report)
    one = worker(bench)
    while await one.run_due():
        pass
    counted = [line for line in bench.metrics.exposition().decode().splitlines() if "decisions_total{" in line]
    assert counted == ['countersign_decisions_total{status="approved"} 1.0']


async def test_without_a_workspace_its_errands_have_nothing_to_do(bench: Bench) -> None:
    await bench.promotion()
    one = worker(bench)
    while await one.run_due():
        pass
    assert (await bench.ports.transactions.read(lambda store: store.outbox.depth())).waiting == 0
