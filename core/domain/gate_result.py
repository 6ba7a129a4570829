"""What a gate said, and what it looked at when it said so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class GateResult:
    """The outcome of one gate.

    `blocking` is true only where the gate did not pass and the environment enforces it; an advisory gate that
    fails has `passed` and `blocking` both false. `details` are JSON-able facts without floats, for people to read.
    `inputs` are all that the gate judged by, under `settings` in their full form, so the judgement can be repeated;
    `inputs_digest` is `sha256:` over the RFC 8785 bytes of `inputs`, empty where none could be gathered.
    """

    gate_name: str
    passed: bool
    blocking: bool
    message: str
    details: Mapping[str, Any]
    settings: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    inputs_digest: str = ""


def blocking(results: Iterable[GateResult]) -> tuple[GateResult, ...]:
    """The results that hold a promotion back."""
    return tuple(result for result in results if result.blocking)


def same_findings(some: Iterable[GateResult], others: Iterable[GateResult]) -> bool:
    """Whether gates found the same, though perhaps by other inputs: a clock that went on is no finding."""
    return [_finding(each) for each in some] == [_finding(each) for each in others]


def _finding(result: GateResult) -> GateResult:
    return replace(result, inputs={}, inputs_digest="")
