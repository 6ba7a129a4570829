"""What Workflow Builder starts with: the custom steps that an app declares, and workflows that somebody has built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

USER_CONTEXT = "slack#/types/user_context"


@dataclass(frozen=True)
class ParameterSeed:
    """An input or an output of a custom step as the app's manifest declares it."""

    name: str
    title: str
    type: str = "string"
    required: bool = True


@dataclass(frozen=True)
class FunctionSeed:
    """A custom step as the app's manifest declares it."""

    callback_id: str
    title: str
    description: str = ""
    inputs: tuple[ParameterSeed, ...] = ()
    outputs: tuple[ParameterSeed, ...] = ()


@dataclass(frozen=True)
class FieldSeed:
    """A field of the form that a workflow begins with; `choices` make it a menu."""

    name: str
    label: str
    choices: tuple[str, ...] = ()
    long: bool = False
    optional: bool = False
    placeholder: str = ""


@dataclass(frozen=True)
class StepSeed:
    """A step of a workflow: the app's custom step of that `callback_id`, or a message to a channel.

    Values of `inputs` (for a message `channel` and `text`) may hold variables: `{{form.FIELD}}`, and
    `{{N.OUTPUT}}` for what the step with that number gave. Nobody can fill in a `user_context`: it is always whoever
    uses the workflow.
    """

    kind: Literal["function", "message"]
    callback_id: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WorkflowSeed:
    """A workflow that starts with a link, and asks with a form."""

    id: str
    name: str
    description: str = ""
    form: tuple[FieldSeed, ...] = ()
    steps: tuple[StepSeed, ...] = ()
