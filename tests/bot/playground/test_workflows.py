"""Workflow Builder's engine: forms, variables, steps one after the other, and what an app may answer."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bot.playground.errors import NoSuchControlError, SlackError
from bot.playground.hub import Hub
from bot.playground.workflow_runs import Run
from bot.playground.workflow_seeds import (
    USER_CONTEXT,
    FieldSeed,
    FunctionSeed,
    ParameterSeed,
    StepSeed,
    WorkflowSeed,
)
from bot.playground.workflows import TOKEN_SECONDS, Workflows
from bot.playground.workspace import SLACKBOT, Workspace
from tests.bot.playground.conftest import HandClock
from tests.bot.playground.kettle import SEED

BREW = FunctionSeed(
    "brew",
    "Brew",
    inputs=(ParameterSeed("who", "Who", USER_CONTEXT), ParameterSeed("kind", "Kind")),
    outputs=(
        ParameterSeed("cup", "Cup"),
        ParameterSeed("at", "At", "slack#/types/timestamp", required=False),
        ParameterSeed("by", "By", "slack#/types/user_id", required=False),
    ),
)
FLOW = WorkflowSeed(
    "Wf1",
    "Tea time",
    form=(FieldSeed("kind", "Kind", choices=("Assam", "Oolong")), FieldSeed("why", "Why", optional=True)),
    steps=(
        StepSeed("function", "brew", {"who": "U02", "kind": "{{form.kind}} {{form.why}} {{9.cup}}"}),
        StepSeed("message", inputs={"channel": "#kitchen", "text": "Tea: {{1.cup}} {{form.nothing}}"}),
    ),
)


@dataclasses.dataclass
class Builder:
    workflows: Workflows
    workspace: Workspace
    clock: HandClock
    delivered: list[dict[str, Any]]

    def start(self, **values: Any) -> Run:
        return self.workflows.start("U01", "Wf1", {"kind": "Assam"} | values)


@pytest.fixture
def builder() -> Builder:
    seed = dataclasses.replace(SEED, functions=(BREW,), workflows=(FLOW,), events=("function_executed",))
    clock, delivered = HandClock(), []  # type: tuple[HandClock, list[dict[str, Any]]]
    workspace = Workspace(seed, clock, Hub())
    return Builder(Workflows(workspace, clock, delivered.append), workspace, clock, delivered)


def refused(act: Any, *arguments: Any) -> str:
    with pytest.raises(SlackError) as refusal:
        act(*arguments)
    return refusal.value.code


def test_a_run_goes_from_step_to_step(builder: Builder) -> None:
    run = builder.start(why="it rains")
    (event,) = builder.delivered
    assert event["function"]["callback_id"] == "brew"
    assert event["inputs"]["kind"] == "Assam it rains "
    assert run.step is run.steps[0]
    builder.workflows.complete(event["function_execution_id"], {"cup": "blue"})
    assert run.state == "completed"
    assert [message.text for message in builder.workspace.messages["C01"]] == ["Tea: blue "]


def test_whoever_uses_it_is_the_user_context_whatever_its_author_wrote(builder: Builder) -> None:
    builder.start()
    who = builder.delivered[0]["inputs"]["who"]
    assert who["id"] == "U01"
    assert len(who["secret"]) == 32


def test_the_form_complains(builder: Builder) -> None:
    complaints = builder.workflows.complaints
    assert complaints("Wf1", {"kind": "Oolong"}) == {}
    assert set(complaints("Wf1", {})) == {"kind"}
    assert set(complaints("Wf1", {"kind": "Coffee"})) == {"kind"}
    assert set(complaints("Wf1", {"kind": "Oolong", "why": 7})) == {"why"}
    with pytest.raises(NoSuchControlError):
        complaints("Wf2", {})


def test_an_answer_is_taken_once_and_from_a_run_that_is_known(builder: Builder) -> None:
    run = builder.start()
    execution, complete = run.steps[0].execution_id, builder.workflows.complete
    complete(execution, {"cup": "blue"})
    assert refused(complete, execution, {"cup": "red"}) == "execution_not_in_running_state"
    assert refused(builder.workflows.fail, execution, "no") == "execution_not_in_running_state"
    assert refused(complete, "Fx404", {"cup": "red"}) == "function_execution_not_found"
    other = builder.start()
    builder.workflows.stop(other)
    assert refused(complete, other.steps[0].execution_id, {"cup": "red"}) == "function_execution_not_found"
    assert builder.workflows.of("U01") == [run]
    assert builder.workflows.of("U02") == []


@pytest.mark.parametrize(
    "outputs",
    [
        {},
        {"cup": 7},
        {"cup": "a", "spoon": "b"},
        {"cup": "a", "at": "noon"},
        {"cup": "a", "at": True},
        {"cup": "a", "by": "U99"},
    ],
)
def test_outputs_that_are_not_as_declared_are_refused(builder: Builder, outputs: dict[str, Any]) -> None:
    run = builder.start()
    assert refused(builder.workflows.complete, run.steps[0].execution_id, outputs) == "parameter_validation_failed"
    assert run.step is run.steps[0]
    builder.workflows.complete(run.steps[0].execution_id, {"cup": "a", "at": 1_760_000_000, "by": "U02"})
    assert run.state == "completed"


def test_a_failed_step_stops_the_run_and_the_person_is_told(builder: Builder) -> None:
    run = builder.start()
    builder.workflows.fail(run.steps[0].execution_id, "No water")
    assert (run.state, run.steps[1].state) == ("failed", "waiting")
    told = builder.workspace.messages[builder.workspace.direct("U01", SLACKBOT).id]
    assert "stopped at *Brew*: No water" in told[-1].text


def test_the_token_of_a_step_works_while_it_runs_and_not_for_long(builder: Builder) -> None:
    run = builder.start()
    token = str(builder.delivered[0]["bot_access_token"])
    assert builder.workflows.accepts(token)
    builder.clock.forward(TOKEN_SECONDS)
    assert not builder.workflows.accepts(token)
    other = builder.start()
    builder.workflows.fail(other.steps[0].execution_id, "no")
    assert not builder.workflows.accepts(other.steps[0].token)
    assert not builder.workflows.accepts("")
    assert run.state == "running"


@pytest.mark.parametrize("change", [{"events": ()}, {"functions": ()}])
def test_a_step_that_the_app_does_not_have_fails(builder: Builder, change: dict[str, Any]) -> None:
    seed = dataclasses.replace(builder.workspace.seed, **change)
    workflows = Workflows(Workspace(seed, builder.clock, Hub()), builder.clock, builder.delivered.append)
    assert workflows.start("U01", "Wf1", {"kind": "Assam"}).state == "failed"
    assert builder.delivered == []


def test_a_message_to_nowhere_fails(builder: Builder) -> None:
    lost = WorkflowSeed("Wf1", "Lost", steps=(StepSeed("message", inputs={"channel": "#moon", "text": "hi"}),))
    seed = dataclasses.replace(builder.workspace.seed, workflows=(lost,))
    workflows = Workflows(Workspace(seed, builder.clock, Hub()), builder.clock, builder.delivered.append)
    assert workflows.start("U01", "Wf1", {}).steps[0].error == "channel_not_found"
