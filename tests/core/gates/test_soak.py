from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.domain.release import DeploymentStatus
from core.errors import InvalidError
from core.gates.gate import Verdict
from core.gates.registry import GateRegistry
from core.gates.soak import SoakGate, SoakSettings
from tests.core.gates.samples import a_context, a_deployment, judged
from tests.support.clock import MORNING

GATE, DAY = SoakGate(), SoakSettings(hours=24)


def verdict(**known: Any) -> Verdict:
    return judged(GATE, a_context(**known), DAY)


def test_a_release_that_has_not_run_long_enough_waits() -> None:
    deployed = a_deployment(DeploymentStatus.DEPLOYED)
    found = verdict(deployed=deployed, at=MORNING + timedelta(hours=24, microseconds=-1))
    assert (found.passed, found.message) == (
        False,
        "shop-1.4.0 must run in Staging for 24 h: until 2026-03-03 09:00 UTC",
    )
    assert verdict(deployed=deployed, at=MORNING + timedelta(hours=24)).passed
    assert GATE.changes_after(a_context(deployed=deployed), DAY) == MORNING + timedelta(hours=24)
    assert GATE.changes_after(a_context(deployed=deployed, at=MORNING + timedelta(hours=24)), DAY) is None


@pytest.mark.parametrize("status", [DeploymentStatus.ROLLED_BACK, DeploymentStatus.FAILED, DeploymentStatus.DEPLOYING])
def test_whatever_does_not_run_does_not_soak(status: DeploymentStatus) -> None:
    found = verdict(deployed=a_deployment(status), at=MORNING + timedelta(days=30))
    assert not found.passed
    assert status.value.replace("_", " ") in found.message
    assert GATE.changes_after(a_context(deployed=a_deployment(status)), DAY) is None


def test_what_was_never_deployed_does_not_soak() -> None:
    assert verdict().message == "shop-1.4.0 is not deployed in Staging, so it cannot soak"


def test_without_a_source_there_is_nothing_to_soak_in() -> None:
    assert verdict(source=None).passed


@pytest.mark.parametrize(("given", "field"), [({}, "hours"), ({"hours": 0}, "hours"), ({"hours": 2161}, "hours")])
def test_hours_are_asked_for_and_bounded(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        GateRegistry([GATE]).checked({"soak-gate": given})
    assert refused.value.field == f"gates.soak-gate.{field}"
