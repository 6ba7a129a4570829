from __future__ import annotations

import pytest
from pydantic import ValidationError

from core.gates.gate import GateSettings
from core.gates.registry import built_in_gates


class Limits(GateSettings):
    max_open_bugs: int = 3


def test_settings_are_written_in_camel_case_and_read_in_python() -> None:
    assert Limits.model_validate({"maxOpenBugs": 5}) == Limits(max_open_bugs=5)


@pytest.mark.parametrize("wrong", [{"maxOpenBugs": "5"}, {"maxOpenBugs": 5.0}, {"maxOpenBug": 5}, {"advisory": 1}])
def test_settings_of_wrong_types_and_names_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Limits.model_validate(wrong)


def test_settings_never_change() -> None:
    with pytest.raises(ValidationError):
        Limits().max_open_bugs = 9  # type: ignore[misc]


def test_a_gate_is_enforced_unless_it_is_said_to_be_advisory() -> None:
    assert not GateSettings().advisory


def test_every_built_in_gate_has_a_name_and_says_what_it_wants() -> None:
    names = [gate.name for gate in built_in_gates()]
    assert names[:3] == ["security-gate", "freeze-window-gate", "sequence-gate"], "in the order in which they came"
    assert {"soak-gate", "schedule-gate", "dependency-gate", "policy-gate", "webhook-gate", "manual-gate"} < set(names)
    assert all(gate.summary for gate in built_in_gates())
