"""What a gate is: it picks the facts it judges by, and judges them.

The two steps are apart so that a judgement can be repeated. `inputs` gathers plain facts from the context; they are
kept with the result and sealed in the evidence. `judge` sees nothing but them and the gate's settings, so anybody can
do it again, offline and years later, and must get the same verdict. A gate never waits, reads a clock or opens a
connection. Its settings are a pydantic model; unknown settings are refused when an environment is saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar, runtime_checkable
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from core.domain.environment import Environment, EnvironmentRef
from core.domain.release import Release
from core.gates.known import Known


@dataclass(frozen=True, slots=True)
class GateContext:
    """What gates see: the moment, the release, where it comes from and goes to, and what is known about them.

    `promotion_id` is None in a dry run, before anybody asked for the promotion. In a forecast `at` lies ahead, and
    `as_of` is when what is known was known; None where that is `at` itself.
    """

    at: datetime
    release: Release
    source: EnvironmentRef | None
    target: Environment
    known: Known
    promotion_id: UUID | None = None
    as_of: datetime | None = None


class Part(BaseModel):
    """A part of a gate's settings that has fields of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, alias_generator=to_camel, populate_by_name=True)


class GateSettings(BaseModel):
    """Settings that every gate has; its own come in a subclass.

    An `advisory` gate is shown and recorded, and holds nothing back.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, alias_generator=to_camel, populate_by_name=True)

    advisory: bool = Field(default=False, description="Shown and recorded, and holds nothing back.")


SettingsT = TypeVar("SettingsT", bound=GateSettings)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate found: whether it passes, a sentence for people, and JSON-able facts without floats."""

    passed: bool
    message: str
    details: Mapping[str, Any]


class GateUnansweredError(Exception):
    """A gate got no answer in time; the text says why, in words that may be shown."""


class Gate(Protocol, Generic[SettingsT]):
    """One automatic check. Plug-ins offer a class of this shape under the entry-point group `countersign.gates`."""

    name: ClassVar[str]
    summary: ClassVar[str]
    settings_model: type[SettingsT]

    def inputs(self, context: GateContext, settings: SettingsT) -> Mapping[str, Any]:
        """Gather all that `judge` looks at.

        Plain JSON facts: text, integers (no floats), booleans, null, lists and mappings; times as
        `core.domain.moment.moment_text` writes them. At most `core.gates.facts.INPUTS_LIMIT` bytes: give counts, what
        mattered, and digests of whatever is large.
        """
        ...

    def judge(self, inputs: Mapping[str, Any], settings: SettingsT) -> Verdict:
        """Say whether the promotion may go on. Pure: the same inputs and settings always give the same verdict."""
        ...


@runtime_checkable
class Forecasting(Protocol):
    """What a gate has besides whose verdict changes by time alone."""

    def changes_after(self, context: GateContext, settings: Any) -> datetime | None:
        """The next moment after `context.at` at which time alone may change the verdict; None for never."""
        ...


@runtime_checkable
class FollowsDeployments(Protocol):
    """What a gate has besides that looks at what runs in the target environment."""

    def follows(self, component: str, settings: Any) -> bool:
        """Whether a deployment of that component in the target environment may change the verdict."""
        ...


@runtime_checkable
class NamesGroups(Protocol):
    """What a gate has besides whose settings name approver groups; they must exist when the settings are saved."""

    def groups(self, settings: Any) -> Iterable[str]:
        """The names of the groups."""
        ...
