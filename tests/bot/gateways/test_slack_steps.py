"""Answering steps through the playground's Web API."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError

from bot.gateways.slack_client import slack_error
from bot.gateways.slack_steps import GONE, SlackSteps
from bot.playground.workflow_seeds import FunctionSeed, ParameterSeed, StepSeed, WorkflowSeed
from tests.support.bench import TEAM, Bench
from tests.support.workspaces import only

WAIT = FunctionSeed("wait", "Wait", outputs=(ParameterSeed("word", "Word"),))
FLOW = WorkflowSeed("Wf1", "Flow", steps=(StepSeed("function", "wait"), StepSeed("function", "wait")))


@pytest.fixture
async def execution(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> str:
    """A step that runs."""
    seed = bench.slack.ground.seed
    for name, value in (("functions", (WAIT,)), ("workflows", (FLOW,)), ("events", ("function_executed",))):
        monkeypatch.setitem(seed.__dict__, name, value)
    return bench.slack.start_workflow("alice", "Wf1", {}).steps[0].execution_id


async def test_a_step_succeeds_once(bench: Bench, execution: str) -> None:
    steps = SlackSteps(only(bench.client, TEAM))
    await steps.succeed(TEAM, execution, {"word": "done"})
    assert bench.slack.ground.workflows.runs[0].steps[0].outputs == {"word": "done"}
    with pytest.raises(SlackApiError) as refused:
        await steps.succeed(TEAM, execution, {"word": "again"})
    assert slack_error(refused.value) in GONE


async def test_a_step_fails_with_words_of_a_bearable_length(bench: Bench, execution: str) -> None:
    await SlackSteps(only(bench.client, TEAM)).fail(TEAM, execution, "no " * 1000)
    assert 900 < len(bench.slack.ground.workflows.runs[0].steps[0].error) <= 1000


async def test_a_run_that_nobody_knows_is_gone(bench: Bench) -> None:
    with pytest.raises(SlackApiError) as refused:
        await SlackSteps(only(bench.client, TEAM)).fail(TEAM, "Fx404", "no")
    assert slack_error(refused.value) in GONE


async def test_a_link_is_given_where_there_is_one(bench: Bench) -> None:
    sent = await bench.client.chat_postMessage(channel="C01", text="hi")
    steps = SlackSteps(only(bench.client, TEAM))
    assert (await steps.link_to(TEAM, "C01", str(sent["ts"]))).startswith("http")
    assert await steps.link_to(TEAM, "C01", "1.000001") == ""
