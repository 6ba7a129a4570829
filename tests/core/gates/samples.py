"""What a gate looks at, with one obvious default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from core.domain.environment import Environment, EnvironmentRef, FreezeWindow
from core.domain.release import Deployment, DeploymentStatus, Release, ScanReport
from core.gates.gate import GateContext, GateSettings, Verdict
from tests.support.clock import MORNING, nth_id

RELEASE = Release(nth_id(1), "shop-1.4.0", "shop", "1.4.0", MORNING)
STAGING = EnvironmentRef(nth_id(2), "Staging")
PRODUCTION = Environment(nth_id(3), "Production", source_environment_id=STAGING.id)


def a_context(gates: Mapping[str, Mapping[str, Any]] | None = None, **changes: Any) -> GateContext:
    target = PRODUCTION if gates is None else replace(PRODUCTION, gates=gates)
    return replace(GateContext(at=MORNING, release=RELEASE, source=STAGING, target=target), **changes)


def a_scan(critical: int = 0, high: int = 0, **others: int) -> ScanReport:
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

    def __init__(self, answer: Callable[[GateContext], Any]) -> None:
        self._answer = answer

    def evaluate(self, context: GateContext, settings: GateSettings) -> Verdict:
        verdict: Verdict = self._answer(context)
        return verdict
