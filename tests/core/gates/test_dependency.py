from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from core.gates.dependency import Dependency, DependencyGate, DependencySettings, fits
from core.gates.gate import Verdict
from tests.core.gates.samples import RELEASE, a_context, judged

PAYMENTS = replace(RELEASE, name="payments-2.3.1", component="payments", version="2.3.1")


def verdict(**wanted: str) -> Verdict:
    components = tuple(Dependency(component=name, version=version) for name, version in wanted.items())
    context = a_context(runs={"payments": PAYMENTS})
    return judged(DependencyGate(), context, DependencySettings(components=components))


def test_what_runs_in_a_version_that_fits_passes() -> None:
    found = verdict(payments=">=2.1,<3")

    assert (found.passed, found.message) == (True, "Production runs payments 2.3.1")
    assert found.details == {
        "components": [{"component": "payments", "wanted": ">=2.1,<3", "version": "2.3.1", "fits": True}]
    }


def test_what_does_not_fit_or_is_not_there_is_said_by_name() -> None:
    found = verdict(payments=">=3", search="1.0")

    assert not found.passed
    assert found.message == (
        "payments >=3 is needed, and Production runs 2.3.1; search 1.0 is needed, and Production runs no search"
    )


@pytest.mark.parametrize(
    ("version", "wanted", "answer"),
    [
        ("2.3.1", "2.3.1", True),
        ("v2.3", "2.3.0", True),
        ("2.3.1", "2.3", False),
        ("build-77", "build-77", True),
        ("build-77", "build-78", False),
        ("build-77", ">=1", False),
        ("2.0.0-rc.1", ">=2", False),
        ("2.1.0-rc.1", ">=2,<3", True),
        ("3.0.0-rc.1", "<3", False),
        ("10.0", ">9", True),
        ("2.3.1+build5", "==2.3.1", True),
        ("2.3.9", "~=2.3.1", True),
        ("2.4.0", "~=2.3.1", False),
        ("2.3.1", "!=2.3.1", False),
        (None, ">=1", False),
    ],
)
def test_ranges_are_those_of_pep_440(version: str | None, wanted: str, answer: bool) -> None:
    assert fits(version, wanted) is answer


@pytest.mark.parametrize("wrong", ["", "  ", ">=", ">=2,<", "~=2", ">>2", "2\n3", "x" * 101])
def test_what_is_no_version_and_no_range_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Dependency(component="payments", version=wrong)


def test_a_component_is_named_once() -> None:
    twice = [{"component": "Payments", "version": "1"}, {"component": "payments", "version": "2"}]
    with pytest.raises(ValidationError, match="two are called payments"):
        DependencySettings.model_validate({"components": twice})
    with pytest.raises(ValidationError):
        DependencySettings.model_validate({"components": []})


def test_only_components_that_are_needed_are_followed() -> None:
    settings = DependencySettings(components=(Dependency(component="payments", version="1"),))
    assert DependencyGate().follows("payments", settings)
    assert not DependencyGate().follows("search", settings)
