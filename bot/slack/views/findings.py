"""Findings that a security gate names: what was waived, what VEX says, what blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.slack.views.text import in_line, listed, moment, rows_within
from core.domain.gate_result import GateResult
from core.domain.moment import moment_of

TOLD = ("exceeding", "waived", "vex", "waivedByRequester", "denied", "exploited", "new")
"""The facts that are told here in words."""
_GATE = "security-gate"
_NAMED = 3
_ROWS = 2500

Facts = Mapping[str, Any]


def waived(gates: tuple[GateResult, ...]) -> str:
    """Which findings go through because somebody let them, for one glance; empty where none does."""
    found = _all(gates, "waived")
    rows = [f"{_where(each)} until {_moment(each['until'])} by {in_line(each['waivedBy'])}" for each in found]
    return f":memo: *Waived*: {listed(rows, _NAMED)}" if rows else ""


def exceeding(gates: tuple[GateResult, ...]) -> str:
    """What is more than allowed, for one glance; empty where nothing is."""
    rows = [f"{_where(each)} ({each['severity']})" for each in _all(gates, "exceeding")]
    return f":mag: *Found*: {listed(rows, _NAMED)}" if rows else ""


def told(gate: GateResult) -> Iterator[tuple[str, str]]:
    """Every list of findings in a gate's facts: its title, and its rows."""
    for name, title, row in (
        ("exceeding", "Found, and more than allowed", _finding),
        ("denied", "On the deny list", _finding),
        ("exploited", "Known to be exploited", _finding),
        ("new", "Not in what runs there now", _finding),
        ("waived", "Waived, so not counted", _waiver),
        ("waivedByRequester", "Waived by the requester, so counted all the same", _waiver),
        ("vex", "Not affected or fixed by VEX, so not counted", _statement),
    ):
        if found := _all((gate,), name):
            yield title, rows_within([f"• {row(each)}" for each in found], _ROWS, "findings")


def _all(gates: tuple[GateResult, ...], name: str) -> list[Facts]:
    """Findings under a name; another gate may use it for something else."""
    return [each for gate in gates if gate.gate_name == _GATE for each in gate.details.get(name, ())]


def _where(each: Facts) -> str:
    place = f" in {in_line(each['package'])}" if each["package"] else ""
    return f"*{in_line(each['id'])}*{place}"


def _finding(each: Facts) -> str:
    version = f" {in_line(each['version'])}" if each["version"] else ""
    fixed = f", fixed in {in_line(each['fixedVersion'])}" if each["fixedVersion"] else ""
    return f"{_where(each)}{version} ({each['severity']}{fixed})"


def _waiver(each: Facts) -> str:
    said = f"by {in_line(each['waivedBy'])}, {_moment(each['waivedAt'])}, until {_moment(each['until'])}"
    return f"{_finding(each)}: {said}: “{in_line(each['reason'])}”"


def _statement(each: Facts) -> str:
    why = f", {in_line(each['justification']).replace('_', ' ')}" if each["justification"] else ""
    explained = f": “{in_line(each['explanation'])}”" if each["explanation"] else ""
    status = in_line(each["status"]).replace("_", " ")
    return f"{_finding(each)}: {status}{why}, says {in_line(each['author'])}, {_moment(each['statedAt'])}{explained}"


def _moment(text: str) -> str:
    return moment(moment_of(text))
