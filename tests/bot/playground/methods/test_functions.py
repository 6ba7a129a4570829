from __future__ import annotations

import json

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Driver
from bot.playground.workflow_runs import Run
from bot.playground.workflow_seeds import FunctionSeed, ParameterSeed, StepSeed, WorkflowSeed
from tests.bot.playground.test_web_api import error_of

FUNCTION = FunctionSeed("brew", "Brew", outputs=(ParameterSeed("cup", "Cup"),))


@pytest.fixture
async def run(slack: Driver, monkeypatch: pytest.MonkeyPatch) -> Run:
    flow = WorkflowSeed("Wf1", "Tea time", steps=(StepSeed("function", "brew"),))
    for name, value in (("functions", (FUNCTION,)), ("workflows", (flow,)), ("events", ("function_executed",))):
        monkeypatch.setitem(slack.ground.seed.__dict__, name, value)
    return slack.start_workflow("alice", "Wf1", {})


async def test_an_app_completes_a_step(client: AsyncWebClient, run: Run) -> None:
    execution = run.steps[0].execution_id
    wrong = client.functions_completeSuccess(function_execution_id=execution, outputs={})
    assert await error_of(wrong) == "parameter_validation_failed"
    await client.functions_completeSuccess(function_execution_id=execution, outputs={"cup": "blue"})
    assert run.state == "completed"
    again = client.functions_completeError(function_execution_id=execution, error="no")
    assert await error_of(again) == "execution_not_in_running_state"


async def test_an_app_fails_a_step(client: AsyncWebClient, run: Run) -> None:
    await client.functions_completeError(function_execution_id=run.steps[0].execution_id, error="No water")
    assert run.steps[0].error == "No water"


@pytest.mark.parametrize("outputs", ["", "[]", "7", "{", json.dumps(["a"])])
async def test_outputs_are_an_object(client: AsyncWebClient, run: Run, outputs: str) -> None:
    options = {"function_execution_id": run.steps[0].execution_id, "outputs": outputs}
    assert await error_of(client.api_call("functions.completeSuccess", data=options)) == "invalid_arguments"


async def test_what_is_missing_is_said(client: AsyncWebClient) -> None:
    for method in ("functions.completeSuccess", "functions.completeError"):
        assert await error_of(client.api_call(method, data={"outputs": "{}", "error": "no"})) == "invalid_arguments"


async def test_the_step_s_own_token_works_too(client: AsyncWebClient, run: Run) -> None:
    own = AsyncWebClient(token=run.steps[0].token, base_url=client.base_url)
    await own.functions_completeSuccess(function_execution_id=run.steps[0].execution_id, outputs={"cup": "blue"})
    assert await error_of(own.auth_test()) == "invalid_auth"
