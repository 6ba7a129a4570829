from __future__ import annotations

from bot.playground.workflow_runs import Run, StepState
from bot.playground.workflow_seeds import FieldSeed, FunctionSeed, ParameterSeed, StepSeed, WorkflowSeed

FUNCTION = FunctionSeed("brew", "Brew", outputs=(ParameterSeed("cup", "The cup"),))
FLOW = WorkflowSeed("Wf1", "Tea time", form=(FieldSeed("kind", "Kind?"),))


def run(*states: StepState) -> Run:
    return Run("Wx1", FLOW, "U01", 1_760_000_000, {"kind": "Assam"}, list(states))


def step(state: str = "waiting", **changes: object) -> StepState:
    made = StepState(StepSeed("function", "brew"), "Brew", FUNCTION)
    for name, value in {"state": state, **changes}.items():
        setattr(made, name, value)
    return made


def test_how_a_run_stands_is_what_its_steps_say() -> None:
    assert run(step("completed"), step("running")).state == "running"
    assert run(step("completed"), step("failed"), step()).state == "failed"
    assert run(step("completed")).state == "completed"
    running = step("running")
    assert run(step("completed"), running).step is running
    assert run(step("completed")).step is None


def test_variables_stand_for_the_form_and_for_outputs() -> None:
    made = run(step("completed", outputs={"cup": "blue"}))
    assert made.value("form.kind") == "Assam"
    assert made.value("1.cup") == "blue"
    assert [made.value(name) for name in ("form.why", "1.spoon", "2.cup", "0.cup", "x.cup")] == [None] * 5


def test_the_page_sees_titles_and_no_token() -> None:
    shape = run(step("completed", outputs={"cup": "blue"}, token="xwfp-1")).shape()
    assert shape["form"] == [{"label": "Kind?", "value": "Assam"}]
    assert shape["steps"][0]["outputs"] == [{"name": "cup", "title": "The cup", "value": "blue"}]
    assert "xwfp" not in str(shape)
