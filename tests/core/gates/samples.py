"""What a gate looks at, with one obvious default."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from core.domain.calendar import Calendar
from core.domain.checklist import Tick
from core.domain.environment import Environment, EnvironmentRef, FreezeWindow
from core.domain.exemption import FreezeExemption
from core.domain.findings import Finding
from core.domain.gate_question import GateQuestion
from core.domain.known_exploited import KnownExploited
from core.domain.release import Deployment, DeploymentStatus, Release, ScanReport
from core.domain.vex import VexDocument
from core.domain.waiver import Waiver
from core.gates.facts import sound_inputs
from core.gates.gate import Gate, GateContext, GateSettings, SettingsT, Verdict
from core.gates.known import Deployed, Known
from core.gates.scanned import Running
from tests.support.clock import MORNING, nth_id

RELEASE = Release(nth_id(1), "shop-1.4.0", "shop", "1.4.0", MORNING)
STAGING = EnvironmentRef(nth_id(2), "Staging")
PRODUCTION = Environment(nth_id(3), "Production", source_environment_id=STAGING.id)


@dataclass(frozen=True)
class FakeScanned:
    """`Scanned` with its answers given beforehand."""

    newest: tuple[ScanReport, ...] = ()
    named: tuple[Finding, ...] = ()
    vex: tuple[VexDocument, ...] = ()
    holding: tuple[Waiver, ...] = ()
    requester: UUID | None = None
    known: KnownExploited | None = None
    runs: Running | None = None

    def reports(self) -> tuple[ScanReport, ...]:
        return self.newest

    def findings(self) -> tuple[Finding, ...]:
        return self.named

    def vex_documents(self) -> tuple[VexDocument, ...]:
        return self.vex

    def waivers(self) -> tuple[Waiver, ...]:
        return self.holding

    def requested_by(self) -> UUID | None:
        return self.requester

    def catalogue(self, ids: Iterable[str]) -> KnownExploited | None:
        asked = {id.casefold() for id in ids}
        return replace(self.known, ids=self.known.ids & asked) if self.known else None

    def deployed(self) -> Running | None:
        return self.runs


@dataclass(frozen=True)
class FakeKnown:
    """`Known` with its answers given beforehand."""

    scan: ScanReport | None = None
    windows: tuple[FreezeWindow, ...] = ()
    deployed: Deployment | None = None
    runs: Mapping[str, Release] = field(default_factory=dict)
    history: tuple[Deployed, ...] = ()
    ticked: tuple[Tick, ...] = ()
    groups: Mapping[str, frozenset[UUID]] = field(default_factory=dict)
    asked: tuple[GateQuestion, ...] = ()
    found: FakeScanned | None = None
    calendars: tuple[Calendar, ...] = ()
    lifted: FreezeExemption | None = None

    def newest_scan(self) -> ScanReport | None:
        return self.scan

    def scanned(self) -> FakeScanned:
        return self.found or FakeScanned((self.scan,) if self.scan else ())

    def freeze_windows(self) -> tuple[FreezeWindow, ...]:
        return (*self.windows, *(window for calendar in self.freeze_calendars() for window in calendar.windows()))

    def freeze_calendars(self) -> tuple[Calendar, ...]:
        return tuple(each for each in self.calendars if PRODUCTION.id in each.environment_ids)

    def calendar(self, name: str) -> Calendar | None:
        return next((each for each in self.calendars if each.name == name), None)

    def exemption(self) -> FreezeExemption | None:
        return self.lifted

    def source_deployment(self) -> Deployment | None:
        return self.deployed

    def running(self, component: str) -> Release | None:
        return self.runs.get(component)

    def deployments(self) -> tuple[Deployed, ...]:
        return self.history

    def ticks(self) -> tuple[Tick, ...]:
        return self.ticked

    def members(self, group: str) -> frozenset[UUID] | None:
        return self.groups.get(group)

    def questions(self) -> tuple[GateQuestion, ...]:
        return self.asked


def a_context(
    gates: Mapping[str, Mapping[str, Any]] | None = None, *, known: Known | None = None, **changes: Any
) -> GateContext:
    """A context of `RELEASE` to Production; what is no field of the context is an answer of `FakeKnown`."""
    target = PRODUCTION if gates is None else replace(PRODUCTION, gates=gates)
    answers = {name: changes.pop(name) for name in FakeKnown.__dataclass_fields__ if name in changes}
    return replace(GateContext(MORNING, RELEASE, STAGING, target, known or FakeKnown(**answers)), **changes)


def judged(gate: Gate[SettingsT], context: GateContext, settings: SettingsT) -> Verdict:
    """What a gate says of a context, with its inputs as they are kept: written as JSON and read again."""
    inputs, _ = sound_inputs(gate.inputs(context, settings))
    return gate.judge(json.loads(json.dumps(inputs)), settings)


def a_scan(critical: int = 0, high: int = 0, **others: Any) -> ScanReport:
    return ScanReport(nth_id(4), RELEASE.id, "trivy", MORNING, critical=critical, high=high, **others)


def a_freeze(name: str = "year-end", *, begins: float = -1, ends: float = 1) -> FreezeWindow:
    """A freeze of Production; `begins` and `ends` are hours from MORNING."""
    starts_at, ends_at = MORNING + timedelta(hours=begins), MORNING + timedelta(hours=ends)
    return FreezeWindow(nth_id(5), name, (PRODUCTION.id,), starts_at, ends_at)


def a_deployment(status: DeploymentStatus) -> Deployment:
    return Deployment(nth_id(6), RELEASE.id, STAGING.id, status, MORNING)


class PlugIn:
    """A gate of somebody else's, that answers whatever it is told to."""

    name: ClassVar[str] = "plug-in"
    summary: ClassVar[str] = "Answers whatever it is told to"
    settings_model = GateSettings

    def __init__(self, answer: Callable[[Mapping[str, Any]], Any]) -> None:
        self._answer = answer

    def inputs(self, context: GateContext, settings: GateSettings) -> Mapping[str, Any]:
        return {"releaseName": context.release.name}

    def judge(self, inputs: Mapping[str, Any], settings: GateSettings) -> Verdict:
        verdict: Verdict = self._answer(inputs)
        return verdict
