"""Announcements are posted once and kept current."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.workers.delivery import SlackDelivery
from bot.workers.errands import runners
from bot.workers.outbox import OutboxWorker
from core.app.deploying import ReportDeployment
from core.app.drafts import EnvironmentDraft, PolicyDraft, ReleaseDraft
from core.app.outbox import Errand
from core.app.requesting import RequestPromotion
from core.domain.environment import Environment
from core.domain.people import SYSTEM, Actor, ActorKind, ActorRef, Right
from core.domain.release import DeploymentStatus, Release
from tests.support.bench import Bench
from tests.support.clock import nth_id
from tests.support.workspaces import only

CI = Actor(ActorRef(ActorKind.SERVICE, nth_id(0xC1), "ci"), "rest", frozenset({Right.REQUESTER, Right.DEPLOYER}))


@pytest.fixture
def worker(bench: Bench) -> OutboxWorker:
    delivery = SlackDelivery(only(bench.client), bench.ports)
    return OutboxWorker(bench.ports, runners(bench.countersign, delivery, None, bench.metrics), bench.metrics)


async def drain(worker: OutboxWorker) -> None:
    while await worker.run_due():
        pass


async def environment(bench: Bench, name: str, **given: Any) -> Environment:
    """One in which gates alone decide, and there are none."""
    made = await bench.countersign.administering.create_environment(SYSTEM, EnvironmentDraft(name, gates={}, **given))
    await bench.countersign.administering.create_policy(SYSTEM, PolicyDraft(f"{name}-policy", made.id, 0, ()))
    return made


async def deploy(bench: Bench, release: Release, to: Environment, *statuses: str) -> None:
    asked = await bench.countersign.requesting.request(CI, RequestPromotion(release.id, to.id))
    await bench.countersign.evaluating.evaluate(asked.id)
    for status in statuses:
        await bench.countersign.deploying.report(CI, ReportDeployment(asked.id, DeploymentStatus(status)))


async def test_a_release_is_announced_once_and_followed_on_its_way(bench: Bench, worker: OutboxWorker) -> None:
    staging = await environment(bench, "staging", slack_channel="#second", announce=True)
    production = await environment(bench, "production", source_environment_id=staging.id)
    release = await bench.countersign.releasing.register(SYSTEM, ReleaseDraft("shop", "2"))
    await drain(worker)
    (new,) = bench.slack.messages("#second")
    assert "New release: shop-2" in new.words
    assert "Promote to staging" in str(new.blocks)

    await deploy(bench, release, staging, "deploying", "deployed")
    await drain(worker)
    assert "in staging since" in bench.slack.now(new).words
    (runs,) = (seen for seen in bench.slack.messages("#second") if "Promote to production" in str(seen.blocks))
    await deploy(bench, release, production, "deploying", "deployed")
    now = bench.clock()
    await bench.ports.transactions.write(lambda store: store.outbox.put(Errand.ANNOUNCE, release.id, now))
    await drain(worker)
    assert "in production since" in bench.slack.now(runs).words
    assert "Promote to" not in str(bench.slack.now(runs).blocks)
    announced = [seen for seen in bench.slack.messages("#second") if "announce" in seen.words or "is in" in seen.words]
    assert [seen.ts for seen in announced] == [runs.ts]


async def test_one_rolled_back_before_it_was_posted_is_never_posted(bench: Bench, worker: OutboxWorker) -> None:
    staging = await environment(bench, "staging", slack_channel="#second", announce=True)
    release = await bench.countersign.releasing.register(SYSTEM, ReleaseDraft("shop", "2"))
    await deploy(bench, release, staging, "deploying", "deployed", "rolled_back")
    await drain(worker)
    assert not [seen for seen in bench.slack.messages("#second") if "is in staging" in seen.words]


async def test_it_is_posted_once_though_the_answer_of_slack_was_lost(bench: Bench, worker: OutboxWorker) -> None:
    staging = await environment(bench, "staging", slack_channel="#second", announce=True)
    release = await bench.countersign.releasing.register(SYSTEM, ReleaseDraft("shop", "2"))
    await drain(worker)
    key = f"registered:{release.id}:{staging.id}"

    def lose(store: Any) -> None:
        store.sent.put(replace(store.sent.get(key), channel="", ts="", digest=""))
        store.outbox.put(Errand.ANNOUNCE, release.id, bench.clock())

    await bench.ports.transactions.write(lose)
    await drain(worker)
    assert len(bench.slack.messages("#second")) == 1
