from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, ClassVar

import pytest

from bot.gateways import gate_plugins
from bot.gateways.gate_plugins import BUILT_IN, found_gates, installed_gates
from core.gates.gate import GateContext, GateSettings, Verdict
from core.gates.registry import GateRegistry, built_in_gates
from tests.core.gates.samples import a_context


class MoonGate:
    name: ClassVar[str] = "moon-gate"
    summary: ClassVar[str] = "The moon is not full"
    settings_model = GateSettings

    def inputs(self, context: GateContext, settings: GateSettings) -> Mapping[str, Any]:
        return {}

    def judge(self, inputs: Mapping[str, Any], settings: GateSettings) -> Verdict:
        return Verdict(True, "No full moon", {})


class Impostor(MoonGate):
    name = "security-gate"


class NoJudge:
    name = "no-judge"
    summary = "Says nothing"
    settings_model = GateSettings

    def inputs(self, context: GateContext, settings: GateSettings) -> Mapping[str, Any]:
        return {}


class Nameless(MoonGate):
    name = ""


class NoSettings(MoonGate):
    settings_model = dict  # type: ignore[assignment]


class Exploding:
    def __init__(self) -> None:
        raise RuntimeError("no moon here")


def entries(*names: str) -> Any:
    made = [EntryPoint(name, f"{__name__}:{name}", gate_plugins.GROUP) for name in names]
    return lambda group: made if group == gate_plugins.GROUP else []


def test_an_installed_gate_stands_beside_the_built_in_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_plugins, "entry_points", entries("MoonGate"))
    names = [gate.name for gate in installed_gates()]
    assert names == [*(gate.name for gate in built_in_gates()), "moon-gate"]


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ("NoSuchGate", "AttributeError"),
        ("Exploding", "RuntimeError: no moon here"),
        ("NoJudge", "TypeError: it has no method judge"),
        ("Nameless", "TypeError: it has no name"),
        ("NoSettings", "TypeError: its settings_model is no GateSettings"),
        ("Impostor", "another gate has that name already"),
    ],
)
def test_a_gate_that_cannot_be_used_is_left_out_and_told_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, broken: str, problem: str
) -> None:
    monkeypatch.setattr(gate_plugins, "entry_points", entries(broken, "MoonGate"))

    assert [gate.name for gate in installed_gates()][-1] == "moon-gate"
    assert GateRegistry(installed_gates()), "so the program starts all the same"
    told = next(each for each in found_gates() if each.problem)
    assert problem in told.problem
    assert told.gate is None


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A distribution with a gate, installed as pip would leave it."""
    (tmp_path / "moon_gates.py").write_text(
        textwrap.dedent(
            """
            from core.gates.gate import GateSettings, Verdict

            class MoonSettings(GateSettings):
                max_percent: int = 90

            class MoonGate:
                name = "moon-gate"
                summary = "The moon is not too full"
                settings_model = MoonSettings

                def inputs(self, context, settings):
                    return {"percent": context.at.day * 3}

                def judge(self, inputs, settings):
                    percent = inputs["percent"]
                    said = f"The moon is {percent} % full"
                    return Verdict(percent <= settings.max_percent, said, {"percent": percent})
            """
        )
    )
    info = tmp_path / "moon_gates-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: moon-gates\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[countersign.gates]\nmoon = moon_gates:MoonGate\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.modules.pop("moon_gates", None)


def test_a_gate_of_an_installed_distribution_is_found_with_its_origin_and_evaluated(distribution: Path) -> None:
    found = found_gates()
    assert [(each.name, each.origin) for each in found][-1] == ("moon-gate", "moon-gates 1.2")
    assert {each.origin for each in found[:-1]} == {BUILT_IN}

    (result,) = GateRegistry(installed_gates()).evaluate(a_context({"moon-gate": {"maxPercent": 5}}))

    assert (result.blocking, result.message) == (True, "The moon is 6 % full")
    assert result.inputs == {"percent": 6}
