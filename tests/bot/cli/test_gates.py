from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bot.cli.conftest import Terminal
from tests.bot.gateways.test_gate_plugins import distribution

assert distribution


def test_every_gate_is_listed_with_what_it_wants_and_its_settings(terminal: Terminal) -> None:
    told = terminal.run("gates").stdout
    assert "manual-gate  built in\n  Every item of a checklist is ticked by somebody of its group" in told
    assert "maxCritical                 whole number or null, default 0" in told
    assert "services[].timeoutSeconds   whole number, default 10  How long a call may take." in told


def test_one_gate_can_be_asked_for(terminal: Terminal) -> None:
    told = terminal.run("gates", "policy-gate").stdout
    assert told.startswith("policy-gate  built in")
    assert "security-gate" not in told


def test_json_has_everything_for_a_script(terminal: Terminal) -> None:
    found = {each["name"]: each for each in terminal.json("gates")}
    gate = found["dependency-gate"]
    assert (gate["origin"], gate["problem"]) == ("built in", None)
    assert gate["settings"][1] == {
        "name": "components",
        "type": "list of entries",
        "required": True,
        "default": None,
        "meaning": "",
    }


def test_a_gate_of_another_distribution_says_where_it_is_from(terminal: Terminal, distribution: Path) -> None:
    told = terminal.run("gates", "moon-gate").stdout
    assert told.startswith("moon-gate  moon-gates 1.2\n  The moon is not too full")
    assert "maxPercent                  whole number, default 90" in told


def test_a_gate_that_cannot_be_used_is_told_and_fails_the_check(terminal: Terminal, distribution: Path) -> None:
    (distribution / "moon_gates.py").write_text("raise RuntimeError('no moon here')")
    result = terminal.run("gates", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)[-1]["problem"] == "RuntimeError: no moon here"
    assert "✗ cannot be used: RuntimeError: no moon here" in terminal.run("gates").stdout


@pytest.mark.parametrize("name", ["no-such-gate", ""])
def test_a_name_that_is_no_gate_is_wrong_usage(terminal: Terminal, name: str) -> None:
    result = terminal.run("gates", name)
    assert result.exit_code == 2
    assert "There is no gate called" in result.output
