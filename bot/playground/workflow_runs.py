"""Runs of workflows: which step they are at, what it was given and what it gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from bot.playground.records import Json
from bot.playground.workflow_seeds import FunctionSeed, StepSeed, WorkflowSeed

State = Literal["waiting", "running", "completed", "failed"]


@dataclass
class StepState:
    """One step of one run. `token` is the token that was sent along for it, `issued` when."""

    seed: StepSeed
    title: str
    function: FunctionSeed | None = None
    state: State = "waiting"
    execution_id: str = ""
    token: str = ""
    issued: float = 0.0
    inputs: Json = field(default_factory=dict)
    outputs: Json = field(default_factory=dict)
    error: str = ""

    def shape(self) -> Json:
        """The step for the page and for tests."""
        titles = {one.name: one.title for one in self.function.outputs} if self.function else {}
        return {
            "title": self.title,
            "state": self.state,
            "error": self.error,
            "outputs": [
                {"name": name, "title": titles.get(name, name), "value": self.outputs[name]} for name in self.outputs
            ],
        }


@dataclass
class Run:
    """One use of a workflow."""

    id: str
    workflow: WorkflowSeed
    user: str
    started: int
    form: dict[str, str]
    steps: list[StepState]

    @property
    def state(self) -> State:
        """How the whole of it stands."""
        states = [step.state for step in self.steps]
        if "failed" in states:
            return "failed"
        return "completed" if all(state == "completed" for state in states) else "running"

    @property
    def step(self) -> StepState | None:
        """The step that runs now."""
        return next((one for one in self.steps if one.state == "running"), None)

    def value(self, variable: str) -> Any:
        """What a variable stands for; None where it stands for nothing."""
        where, _, name = variable.partition(".")
        if where == "form":
            return self.form.get(name)
        number = int(where) if where.isdigit() else 0
        return self.steps[number - 1].outputs.get(name) if 1 <= number <= len(self.steps) else None

    def shape(self) -> Json:
        """The run for the page and for tests."""
        return {
            "id": self.id,
            "workflow": self.workflow.id,
            "state": self.state,
            "started": self.started,
            "form": [{"label": one.label, "value": self.form.get(one.name, "")} for one in self.workflow.form],
            "steps": [step.shape() for step in self.steps],
        }
