from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.domain.findings import Finding, Severity
from core.domain.release import DeploymentStatus
from core.errors import InvalidError
from core.gates.forecast import outlook
from core.gates.gate import Verdict
from core.gates.known import Deployed
from core.gates.policy import NAMES, PolicyGate, PolicySettings, Rule
from core.gates.registry import GateRegistry, built_in_gates
from tests.core.domain.test_waiver import a_waiver
from tests.core.gates.samples import RELEASE, FakeScanned, a_context, a_deployment, a_scan, judged
from tests.support.clock import MORNING


def verdict(*rules: str, **known: Any) -> Verdict:
    named = tuple(Rule(name=f"rule {place}", allow=rule) for place, rule in enumerate(rules, 1))
    return judged(PolicyGate(), a_context(**known), PolicySettings(rules=named))


def test_rules_that_hold_pass_and_are_named() -> None:
    found = verdict("release.component == 'shop'", "target.name == 'Production'")

    assert (found.passed, found.message) == (True, "Holds: rule 1; rule 2")


def test_a_rule_that_does_not_hold_blocks_by_its_name() -> None:
    found = verdict("true", "scan.present && scan.mediumCount < 3", scan=a_scan(medium=3))

    assert (found.passed, found.message) == (False, "Not so: rule 2")
    assert found.details["rules"][1] == {"rule": "rule 2", "holds": False, "problem": ""}


def test_a_rule_without_an_answer_blocks_and_says_why() -> None:
    found = verdict("deployments[0].status == 'deployed'")

    assert not found.passed
    assert found.message == "Not so: rule 1: has no answer, Index error: index=0 size=0"


HISTORY = tuple(
    Deployed(replace(RELEASE, version=version), replace(a_deployment(status), at=MORNING - timedelta(hours=hours)))
    for version, status, hours in (
        ("1.3.0", DeploymentStatus.DEPLOYED, 2),
        ("1.2.0", DeploymentStatus.ROLLED_BACK, 30),
    )
)


@pytest.mark.parametrize(
    "rule",
    [
        "at.getHours('Europe/Berlin') == 10",
        "release.ageHours == 0 && release.artifactCount == 0 && size(release.authors) == 0",
        "source.name == 'Staging' && source.status == 'deployed'",
        "target.runs == '1.3.0'",
        "scan.criticalCount == 1 && scan.highCount == 2 && scan.scanner == 'trivy' && scan.ageHours == 0",
        "deployments.filter(each, each.status == 'rolled_back').size() == 1 && deployments[0].version == '1.3.0'",
        "timestamp(deployments[0].at) < at - duration('1h')",
    ],
)
def test_everything_that_is_known_can_be_asked_for(rule: str) -> None:
    found = verdict(
        rule,
        scan=a_scan(1, 2),
        deployed=a_deployment(DeploymentStatus.DEPLOYED),
        runs={"shop": replace(RELEASE, version="1.3.0")},
        history=HISTORY,
    )

    assert found.passed, found.message


def test_what_scanners_found_counts_as_it_does_for_the_security_gate() -> None:
    finding = Finding("CVE-2024-0001", Severity.CRITICAL, "openssl", "3.0.1", "3.0.2")
    named = replace(a_scan(critical=1), format="trivy", digest="sha256:1", submitted_at=MORNING - timedelta(hours=7))
    bare = replace(a_scan(high=3), scanner="grype")
    found = FakeScanned((named, bare), (finding,))

    counted = "scan.highCount == 3 && scan.scanner == 'grype, trivy' && scan.ageHours == 7 && scan.criticalCount == "
    assert verdict(f"{counted} 1", found=found).passed
    assert verdict(f"{counted} 0", found=replace(found, holding=(a_waiver(),))).passed


def test_without_a_scan_the_counts_are_zero_so_a_rule_asks_whether_there_is_one() -> None:
    assert verdict("scan.criticalCount == 0").passed
    assert not verdict("scan.present").passed


def test_what_no_rule_names_is_not_read() -> None:
    class Unknown:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

    context = a_context(known=Unknown())
    settings = PolicySettings(rules=(Rule(name="a", allow="release.name != ''"),))
    assert PolicyGate().inputs(context, settings)["deployments"] is None


def test_a_rule_is_checked_when_it_is_saved_and_the_place_of_the_mistake_named() -> None:
    gates = {"policy-gate": {"rules": [{"name": "a", "allow": "true"}, {"name": "b", "allow": "release.nam == 'x'"}]}}

    with pytest.raises(InvalidError) as caught:
        GateRegistry(built_in_gates()).checked(gates)

    assert caught.value.field == "gates.policy-gate.rules.1.allow"
    assert "undeclared reference to 'release.nam', at line 1, column 8" in caught.value.message


def test_only_rules_about_deployments_follow_them() -> None:
    gate = PolicyGate()
    assert not gate.follows("shop", PolicySettings(rules=(Rule(name="a", allow="scan.present"),)))
    assert gate.follows("shop", PolicySettings(rules=(Rule(name="a", allow="target.runs != ''"),)))


def test_every_name_has_a_value_whatever_is_known() -> None:
    rules = [f"{name} == {name}" for name in NAMES]
    for known in ({}, {"scan": a_scan(), "runs": {"shop": RELEASE}, "history": HISTORY}):
        for start in range(0, len(rules), 20):
            assert verdict(*rules[start : start + 20], **known).passed


@pytest.mark.parametrize(
    ("rule", "minutes"),
    [
        ("release.version != ''", None),
        ("deployments.size() == 0 || deployments[0].at != ''", None),
        ("at.getHours() > 9", 15),
        ("release.ageHours > 1", 60),
        ("scan.present", 24 * 60),
        ("scan.ageHours < 9", 40),
        ("scan.ageHours < 9 && at.getHours() > 9", 15),
    ],
)
def test_time_alone_changes_what_the_rules_name(rule: str, minutes: int | None) -> None:
    report = replace(a_scan(), submitted_at=MORNING - timedelta(hours=3, minutes=20))
    context = a_context(
        found=FakeScanned((report,), holding=(replace(a_waiver(), ends_at=MORNING + timedelta(days=1)),))
    )

    found = PolicyGate().changes_after(context, PolicySettings(rules=(Rule(name="a", allow=rule),)))

    assert found == (None if minutes is None else MORNING + timedelta(minutes=minutes))


def test_rules_are_tried_out_for_some_days_ahead_and_no_longer() -> None:
    gates = GateRegistry(built_in_gates())

    def passes(rule: str) -> datetime | None:
        context = a_context(gates.checked({"policy-gate": {"rules": [{"name": "a", "allow": rule}]}}))
        return outlook(gates, context, gates.evaluate(context)).passes_at

    assert passes("at.getDayOfMonth() == 3 && at.getHours() == 21") == MORNING.replace(day=4, hour=21)
    assert passes("release.ageHours >= 48") == MORNING + timedelta(hours=48)
    assert passes("release.ageHours >= 99") is None
