"""Steps of workflows after the commit: asked, answered once, and given up where Slack takes no answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cli.demo.workflows import FUNCTIONS, WORKFLOWS
from bot.playground.methods import METHODS
from bot.playground.workflow_runs import Run
from bot.workers.delivery import SlackDelivery
from bot.workers.errands import runners
from bot.workers.outbox import OutboxWorker
from bot.workers.stepping import FOR_THE_CARD, GIVE_UP, UNREACHABLE
from core.app.deciding import CastVote
from core.app.drafts import EnvironmentDraft, PersonDraft, ReleaseDraft
from core.app.outbox import Errand
from core.app.ports import Store
from core.app.requesting import RequestPromotion
from core.app.steps import StepKind, WorkflowStep
from core.app.workflows import Execution
from core.domain.people import SYSTEM
from core.domain.promotion import VoteChoice
from tests.support.bench import TEAM, Bench
from tests.support.workspaces import only


@pytest.fixture
def worker(bench: Bench) -> OutboxWorker:
    delivery = SlackDelivery(only(bench.client, TEAM), bench.ports)
    return OutboxWorker(bench.ports, runners(bench.countersign, delivery, None, bench.metrics), bench.metrics)


@pytest.fixture
async def run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run whose first step waits for us; its events reach nobody, for the door is not here."""
    for name, value in (("functions", FUNCTIONS), ("workflows", WORKFLOWS), ("events", ("function_executed",))):
        monkeypatch.setitem(bench.slack.ground.seed.__dict__, name, value)
    return bench.slack.start_workflow("alice", "Wf0SHIPIT", {"release": "shop-1", "environment": "production"})


async def drain(bench: Bench, worker: OutboxWorker, seconds: float = 2) -> None:
    while await worker.run_due():
        pass
    bench.clock.advance(seconds=seconds)
    while await worker.run_due():
        pass


async def asked(bench: Bench, run: Run, channel: str = "#releases") -> None:
    draft = EnvironmentDraft("production", slack_channel=channel, gates={})
    environment = await bench.countersign.administering.create_environment(SYSTEM, draft)
    release = await bench.countersign.releasing.register(SYSTEM, ReleaseDraft("shop", "1"))
    wanted = RequestPromotion(release.id, environment.id, "because")
    execution = Execution(TEAM, run.steps[0].execution_id)
    await bench.countersign.workflows.ask(bench.actor("alice"), execution, wanted)


async def the_step(bench: Bench, execution_id: str) -> WorkflowStep:
    def body(store: Store) -> WorkflowStep:
        entries = store.outbox.claim(bench.clock() + timedelta(days=999), bench.clock(), 1000)
        found = (store.steps.get(each.subject_id) for each in entries if each.errand is Errand.STEP)
        return next(each for each in found if each and each.execution_id == execution_id)

    return await bench.ports.transactions.write(body)


def counted(bench: Bench, step: StepKind, result: str) -> bool:
    line = f'countersign_workflow_steps_total{{result="{result}",step="{step.value}"}} 1.0'
    return line in bench.metrics.exposition().decode()


async def test_the_person_is_asked_and_the_step_waits(bench: Bench, worker: OutboxWorker, run: Run) -> None:
    await asked(bench, run)
    await drain(bench, worker)
    message = await bench.slack.message(bench.slack.dm("alice"), "in your name")
    assert message.actions == ["workflow.confirm", "workflow.decline"]
    assert run.steps[0].state == "running"


async def test_a_confirmed_step_gives_the_card(bench: Bench, worker: OutboxWorker, run: Run) -> None:
    await asked(bench, run)
    step = await the_step(bench, run.steps[0].execution_id)
    await bench.countersign.workflows.confirm(bench.actor("alice"), step.id)
    await drain(bench, worker)
    assert run.steps[0].state == "completed"
    assert run.steps[0].outputs["card_link"].startswith("http")
    assert counted(bench, StepKind.REQUEST, "completed")
    shown = await bench.slack.message(bench.slack.dm("alice"), "Requested in your name")
    assert shown.actions == ["promotion.details"]


@pytest.mark.parametrize("channel", ["", "#nowhere"])
async def test_a_card_that_does_not_come_is_not_waited_for_long(
    bench: Bench, worker: OutboxWorker, run: Run, channel: str
) -> None:
    await asked(bench, run, channel)
    step = await the_step(bench, run.steps[0].execution_id)
    await bench.countersign.workflows.confirm(bench.actor("alice"), step.id)
    await drain(bench, worker)
    await drain(bench, worker, FOR_THE_CARD.total_seconds())
    assert run.steps[0].state == "completed"
    assert run.steps[0].outputs["card_link"] == ""


async def test_whoever_cannot_be_asked_is_told_so_by_the_step(bench: Bench, worker: OutboxWorker, run: Run) -> None:
    await asked(bench, run)
    alice = bench.people["alice"]
    without = PersonDraft(alice.email, alice.name, alice.roles, ())
    await bench.countersign.administering.update_person(SYSTEM, alice.id, without)
    await drain(bench, worker)
    assert run.steps[0].error == UNREACHABLE
    assert counted(bench, StepKind.REQUEST, "failed")


async def test_a_decision_reaches_the_step_that_waits(bench: Bench, worker: OutboxWorker, run: Run) -> None:
    promotion = await bench.promotion()
    execution = Execution(TEAM, run.steps[0].execution_id)
    await bench.countersign.workflows.refuse(execution, StepKind.REQUEST, "first")
    await bench.countersign.workflows.wait(Execution(TEAM, "Fx-gone"), promotion.id)
    await drain(bench, worker)
    assert run.steps[0].error == "first"
    vote = CastVote(promotion.id, VoteChoice.APPROVED)
    await bench.countersign.deciding.vote(bench.actor("bob"), vote)
    await drain(bench, worker)
    assert counted(bench, StepKind.WAIT, "gone")


async def test_an_answer_that_was_taken_before_a_crash_is_not_an_error(
    bench: Bench, worker: OutboxWorker, run: Run
) -> None:
    execution = Execution(TEAM, run.steps[0].execution_id)
    await bench.countersign.workflows.refuse(execution, StepKind.REQUEST, "No")
    await bench.client.functions_completeError(function_execution_id=execution.id, error="No")
    await drain(bench, worker)
    assert counted(bench, StepKind.REQUEST, "gone")
    assert (await bench.ports.transactions.read(lambda store: store.outbox.depth())).waiting == 0


async def test_what_slack_does_not_take_is_given_up_after_a_while(
    bench: Bench, worker: OutboxWorker, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    execution = Execution(TEAM, run.steps[0].execution_id)
    for method in ("functions.completeSuccess", "functions.completeError"):
        monkeypatch.delitem(METHODS, method)
    await bench.countersign.workflows.refuse(execution, StepKind.REQUEST, "No")
    await drain(bench, worker)
    assert (await bench.ports.transactions.read(lambda store: store.outbox.depth())).failing == 1
    await drain(bench, worker, GIVE_UP.total_seconds())
    assert counted(bench, StepKind.REQUEST, "given_up")
    assert (await bench.ports.transactions.read(lambda store: store.outbox.depth())).waiting == 0


async def test_an_outage_however_long_gives_nothing_up(bench: Bench, worker: OutboxWorker, run: Run) -> None:
    execution = Execution(TEAM, run.steps[0].execution_id)
    await bench.countersign.workflows.refuse(execution, StepKind.REQUEST, "No")
    bench.slack.outage(True)
    for _ in range(5):
        await drain(bench, worker, timedelta(hours=1).total_seconds())
    assert run.steps[0].state == "running"
    bench.slack.outage(False)
    await drain(bench, worker, 600)
    assert run.steps[0].error == "No"
