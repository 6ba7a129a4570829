"""What a gate is: a pure function from a frozen context to a result.

Everything a gate may look at stands in the context, so an evaluation can be repeated. A gate never waits, reads a
clock or opens a connection. Its settings are a pydantic model; unknown settings are refused when an environment is
saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from core.domain.environment import Environment, EnvironmentRef, FreezeWindow
from core.domain.release import Deployment, Release, ScanReport


@dataclass(frozen=True, slots=True)
class GateContext:
    """What gates see: the moment, the release, where it comes from and goes to, and what is known about them.

    `scan` is the release's newest scan report. `source_deployment` is the newest word on this release in the source
    environment. `freeze_windows` are those of the target environment that have not ended.
    """

    at: datetime
    release: Release
    source: EnvironmentRef | None
    target: Environment
    scan: ScanReport | None = None
    freeze_windows: tuple[FreezeWindow, ...] = ()
    source_deployment: Deployment | None = None


class GateSettings(BaseModel):
    """Settings that every gate has; its own come in a subclass.

    An `advisory` gate is shown and recorded, and holds nothing back.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, alias_generator=to_camel, populate_by_name=True)

    advisory: bool = False


SettingsT = TypeVar("SettingsT", bound=GateSettings)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate found: whether it passes, a sentence for people, and JSON-able facts without floats."""

    passed: bool
    message: str
    details: Mapping[str, Any]


class Gate(Protocol, Generic[SettingsT]):
    """One automatic check. Plug-ins offer a class of this shape under the entry-point group `countersign.gates`."""

    name: ClassVar[str]
    summary: ClassVar[str]
    settings_model: type[SettingsT]

    def evaluate(self, context: GateContext, settings: SettingsT) -> Verdict:
        """Look at the context and say whether the promotion may go on."""
        ...
