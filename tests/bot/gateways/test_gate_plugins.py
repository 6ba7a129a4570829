from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint
from typing import Any, ClassVar

import pytest

from bot.gateways import gate_plugins
from core.gates.gate import GateContext, GateSettings, Verdict
from core.gates.registry import built_in_gates


class MoonGate:
    name: ClassVar[str] = "moon-gate"
    summary: ClassVar[str] = "The moon is not full"
    settings_model = GateSettings

    def inputs(self, context: GateContext, settings: GateSettings) -> Mapping[str, Any]:
        return {}

    def judge(self, inputs: Mapping[str, Any], settings: GateSettings) -> Verdict:
        return Verdict(True, "No full moon", {})


def entries(*names: str) -> Any:
    made = [EntryPoint(name, f"{__name__}:{name}", gate_plugins.GROUP) for name in names]
    return lambda group: made if group == gate_plugins.GROUP else []


def test_an_installed_gate_stands_beside_the_built_in_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_plugins, "entry_points", entries("MoonGate"))
    names = [gate.name for gate in gate_plugins.installed_gates()]
    assert names == [*(gate.name for gate in built_in_gates()), "moon-gate"]


def test_a_gate_that_cannot_be_loaded_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_plugins, "entry_points", entries("NoSuchGate", "MoonGate"))
    assert "moon-gate" in [gate.name for gate in gate_plugins.installed_gates()]
