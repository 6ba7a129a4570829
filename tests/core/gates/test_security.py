from __future__ import annotations

from typing import Any

import pytest

from core.gates.gate import Verdict
from core.gates.security import SecurityGate
from core.gates.security_settings import SecuritySettings
from tests.core.gates.samples import a_context, a_scan, judged


def verdict(critical: int = 0, high: int = 0, **settings: Any) -> Verdict:
    return judged(SecurityGate(), a_context(scan=a_scan(critical, high)), SecuritySettings(**settings))


@pytest.mark.parametrize(
    ("critical", "high", "message"),
    [
        (3, 0, "3 critical vulnerabilities exceed threshold (max: 0)"),
        (1, 0, "1 critical vulnerability exceeds threshold (max: 0)"),
        (0, 6, "6 high vulnerabilities exceed threshold (max: 5)"),
        (
            2,
            9,
            "2 critical vulnerabilities exceed threshold (max: 0); 9 high vulnerabilities exceed threshold (max: 5)",
        ),
    ],
)
def test_too_many_findings_are_said_as_people_write_it(critical: int, high: int, message: str) -> None:
    found = verdict(critical, high, max_high=5)

    assert (found.passed, found.message) == (False, message)


def test_one_finding_too_many_of_one_kind_is_said_in_the_singular() -> None:
    assert verdict(0, 1).message == "1 high vulnerability exceeds threshold (max: 0)"


@pytest.mark.parametrize(("count", "passed"), [(4, True), (5, True), (6, False)])
def test_as_many_as_the_threshold_still_pass(count: int, passed: bool) -> None:
    assert verdict(count, 0, max_critical=5).passed is passed
    assert verdict(0, count, max_high=5).passed is passed


def test_what_passes_is_said_with_its_thresholds() -> None:
    assert verdict(0, 3, max_high=5).message == "Within thresholds: 0 critical (max: 0), 3 high (max: 5)"


def test_without_a_threshold_any_number_passes() -> None:
    found = verdict(99, 999, max_critical=None, max_high=None)

    assert (found.passed, found.message) == (True, "Within thresholds: 99 critical, 999 high")


def test_nothing_is_allowed_unless_it_is_said() -> None:
    assert not verdict(1, 0).passed
    assert not verdict(0, 1).passed


def test_findings_of_lesser_severity_do_not_count() -> None:
    scan = a_scan(medium=500, low=500, unknown=500)

    assert judged(SecurityGate(), a_context(scan=scan), SecuritySettings()).passed


def test_the_details_are_those_of_the_api_document_and_name_the_report() -> None:
    scan = a_scan(0, 3)

    found = judged(SecurityGate(), a_context(scan=scan), SecuritySettings(max_high=5))

    assert found.details == {
        "criticalCount": 0,
        "highCount": 3,
        "maxCritical": 0,
        "maxHigh": 5,
        "mediumCount": 0,
        "lowCount": 0,
        "unknownCount": 0,
        "scanReportIds": [str(scan.id)],
    }


@pytest.mark.parametrize("settings", [SecuritySettings(), SecuritySettings(max_critical=None, max_high=None)])
def test_without_a_scan_report_nothing_passes_however_much_is_allowed(settings: SecuritySettings) -> None:
    found = judged(SecurityGate(), a_context(scan=None), settings)

    assert not found.passed
    assert found.message == "No scan report for shop-1.4.0; submit one for this release"
    assert (found.details["criticalCount"], found.details["highCount"]) == (None, None)
