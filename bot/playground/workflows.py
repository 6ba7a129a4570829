"""Workflow Builder: runs go from step to step, and the app's custom steps are run by the app.

A custom step is delivered as `function_executed` and ends when the app calls `functions.completeSuccess` or
`functions.completeError`. With each delivery goes a token of its own, which works while the step runs, for a quarter of
an hour at most. Outputs that are not as declared are refused, and so is a second answer.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from bot.playground.errors import NoSuchControlError, SlackError
from bot.playground.passes import Clock
from bot.playground.records import Json
from bot.playground.workflow_runs import Run, StepState
from bot.playground.workflow_seeds import USER_CONTEXT, FunctionSeed, ParameterSeed, StepSeed, WorkflowSeed
from bot.playground.workspace import SLACKBOT, Workspace

TOKEN_SECONDS = 15 * 60
_VARIABLE = re.compile(r"\{\{([a-z0-9]+\.[a-z0-9_]+)\}\}")
REQUIRED = "Please complete this required field."


class Workflows:
    """The workflows of a workspace and all their runs. `deliver` sends an event to the app."""

    def __init__(self, workspace: Workspace, clock: Clock, deliver: Callable[[Json], None]) -> None:
        self._workspace = workspace
        self._clock = clock
        self._deliver = deliver
        self.runs: list[Run] = []

    def find(self, workflow_id: str) -> WorkflowSeed:
        """The workflow with that id."""
        for one in self._workspace.seed.workflows:
            if one.id == workflow_id:
                return one
        raise NoSuchControlError(f"there is no workflow {workflow_id!r}")

    def complaints(self, workflow_id: str, values: Mapping[str, Any]) -> dict[str, str]:
        """What the form says against these values, by field."""
        found: dict[str, str] = {}
        for one in self.find(workflow_id).form:
            value = values.get(one.name) or ""
            if not isinstance(value, str) or (one.choices and value and value not in one.choices):
                found[one.name] = "That is not one of the choices."
            elif not value.strip() and not one.optional:
                found[one.name] = REQUIRED
        return found

    def start(self, user: str, workflow_id: str, values: Mapping[str, Any]) -> Run:
        """Use a workflow, with its form filled in without complaints."""
        workflow = self.find(workflow_id)
        form = {one.name: str(values.get(one.name) or "").strip() for one in workflow.form}
        steps = [self._state(one) for one in workflow.steps]
        run = Run(self._workspace.new_id("Wx"), workflow, user, self._workspace.now(), form, steps)
        self.runs.append(run)
        self._go_on(run)
        return run

    def of(self, user: str) -> list[Run]:
        """What somebody has started, newest first."""
        return [one for one in reversed(self.runs) if one.user == user]

    def accepts(self, token: str) -> bool:
        """Whether that is the token of a step that runs."""
        return any(
            step.state == "running" and step.token == token and self._clock() - step.issued < TOKEN_SECONDS
            for run in self.runs
            for step in run.steps
        )

    def complete(self, execution_id: str, outputs: Json) -> None:
        """The app says that a custom step went well."""
        run, step = self._running(execution_id)
        problems = _problems(step.function.outputs if step.function else (), outputs, self._workspace)
        if problems:
            raise SlackError("parameter_validation_failed", *problems)
        step.state, step.outputs = "completed", outputs
        self._go_on(run)

    def fail(self, execution_id: str, error: str) -> None:
        """The app says that a custom step did not go well."""
        run, step = self._running(execution_id)
        self._failed(run, step, error)

    def stop(self, run: Run) -> None:
        """Somebody stops a run, or the workflow is deleted: its steps are not known any more."""
        self.runs.remove(run)
        self._tell(run)

    def _running(self, execution_id: str) -> tuple[Run, StepState]:
        for run in self.runs:
            for step in run.steps:
                if step.execution_id == execution_id:
                    if step.state != "running":
                        raise SlackError("execution_not_in_running_state")
                    return run, step
        raise SlackError("function_execution_not_found")

    def _go_on(self, run: Run) -> None:
        for step in run.steps:
            if step.state == "waiting":
                self._begin(run, step)
            if step.state != "completed":
                break
        self._tell(run)

    def _begin(self, run: Run, step: StepState) -> None:
        if step.seed.kind == "message":
            self._say(run, step)
        elif step.function is None or "function_executed" not in self._workspace.seed.events:
            self._failed(run, step, "The app does not know this step.")
        else:
            step.state, step.execution_id = "running", self._workspace.new_id("Fx")
            step.token, step.issued = f"xwfp-{secrets.token_hex(16)}", self._clock()
            step.inputs = {one.name: self._input(run, step, one) for one in step.function.inputs}
            self._deliver(_executed(run, step, step.function, self._workspace))

    def _input(self, run: Run, step: StepState, parameter: ParameterSeed) -> Any:
        if parameter.type == USER_CONTEXT:
            return {"id": run.user, "secret": secrets.token_hex(16)}
        return _filled(run, step.seed.inputs.get(parameter.name, ""))

    def _say(self, run: Run, step: StepState) -> None:
        try:
            place = self._workspace.conversation(_filled(run, step.seed.inputs["channel"]))
        except SlackError as refused:
            self._failed(run, step, refused.code)
            return
        self._workspace.post(place.id, SLACKBOT, _filled(run, step.seed.inputs["text"]))
        step.state = "completed"

    def _failed(self, run: Run, step: StepState, error: str) -> None:
        step.state, step.error = "failed", error
        direct = self._workspace.direct(run.user, SLACKBOT)
        words = f"The workflow *{run.workflow.name}* stopped at *{step.title}*: {error}"
        self._workspace.post(direct.id, SLACKBOT, words)
        self._tell(run)

    def _state(self, seed: StepSeed) -> StepState:
        if seed.kind == "message":
            return StepState(seed, f"Send a message to {seed.inputs.get('channel', '')}")
        functions = {one.callback_id: one for one in self._workspace.seed.functions}
        function = functions.get(seed.callback_id)
        return StepState(seed, function.title if function else seed.callback_id, function)

    def _tell(self, run: Run) -> None:
        self._workspace.hub.publish("workflow", to=run.user)


def _filled(run: Run, template: str) -> str:
    return _VARIABLE.sub(lambda found: str(run.value(found[1]) if run.value(found[1]) is not None else ""), template)


def _executed(run: Run, step: StepState, function: FunctionSeed, workspace: Workspace) -> Json:
    return {
        "type": "function_executed",
        "function": {
            "id": f"Fn{workspace.seed.app_id[1:]}{function.callback_id.encode().hex()[:8].upper()}",
            "callback_id": function.callback_id,
            "title": function.title,
            "description": function.description,
            "type": "app",
            "input_parameters": [_declared(one) for one in function.inputs],
            "output_parameters": [_declared(one) for one in function.outputs],
            "app_id": workspace.seed.app_id,
            "date_created": 0,
            "date_updated": 0,
            "date_deleted": 0,
        },
        "inputs": step.inputs,
        "function_execution_id": step.execution_id,
        "workflow_execution_id": run.id,
        "event_ts": workspace.new_ts(),
        "bot_access_token": step.token,
    }


def _declared(parameter: ParameterSeed) -> Json:
    return {
        "type": parameter.type,
        "name": parameter.name,
        "title": parameter.title,
        "description": "",
        "is_required": parameter.required,
    }


def _problems(declared: tuple[ParameterSeed, ...], outputs: Json, workspace: Workspace) -> list[str]:
    """What is wrong with outputs, in Slack's manner."""
    missing = [one.name for one in declared if one.required and one.name not in outputs]
    known = {one.name: one.type for one in declared}
    strange = sorted(outputs.keys() - known.keys())
    wrong = [name for name in outputs.keys() & known.keys() if not _fits(known[name], outputs[name], workspace)]
    return [
        *(f"[ERROR] missing required field: {name} [json-pointer:/outputs]" for name in missing),
        *(f"[ERROR] additional property {name} is not allowed [json-pointer:/outputs]" for name in strange),
        *(f"[ERROR] must be a {known[name]} [json-pointer:/outputs/{name}]" for name in sorted(wrong)),
    ]


def _fits(kind: str, value: Any, workspace: Workspace) -> bool:
    if kind == "slack#/types/user_id":
        return value in workspace.people
    if kind in ("slack#/types/timestamp", "integer", "number"):
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str)
