from __future__ import annotations

import pytest

from core.domain.release import DeploymentStatus
from core.gates.gate import GateSettings, Verdict
from core.gates.sequence import SequenceGate
from tests.core.gates.samples import STAGING, a_context, a_deployment, judged


def verdict(status: DeploymentStatus | None) -> Verdict:
    deployment = a_deployment(status) if status else None
    return judged(SequenceGate(), a_context(deployed=deployment), GateSettings())


def test_a_release_that_is_deployed_in_the_source_environment_passes() -> None:
    found = verdict(DeploymentStatus.DEPLOYED)

    assert (found.passed, found.message) == (True, "shop-1.4.0 is deployed in Staging")
    assert found.details == {
        "sourceEnvironmentId": str(STAGING.id),
        "sourceEnvironmentName": "Staging",
        "sourceStatus": "deployed",
    }


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (None, "shop-1.4.0 is not deployed in Staging"),
        (DeploymentStatus.DEPLOYING, "shop-1.4.0 is not deployed in Staging (last: deploying)"),
        (DeploymentStatus.FAILED, "shop-1.4.0 is not deployed in Staging (last: failed)"),
        (DeploymentStatus.ROLLED_BACK, "shop-1.4.0 is not deployed in Staging (last: rolled back)"),
    ],
)
def test_anything_but_deployed_does_not_pass_and_says_how_it_stands(
    status: DeploymentStatus | None, message: str
) -> None:
    found = verdict(status)

    assert (found.passed, found.message) == (False, message)
    assert found.details["sourceStatus"] == (status.value if status else None)


def test_where_there_is_no_source_environment_there_is_nothing_to_wait_for() -> None:
    found = judged(SequenceGate(), a_context(source=None), GateSettings())

    assert (found.passed, found.message) == (True, "Production has no source environment")
