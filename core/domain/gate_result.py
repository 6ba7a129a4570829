"""What a gate said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class GateResult:
    """The outcome of one gate.

    `blocking` is true only where the gate did not pass and the environment enforces it; an advisory gate that
    fails has `passed` and `blocking` both false. `details` are JSON-able facts without floats.
    """

    gate_name: str
    passed: bool
    blocking: bool
    message: str
    details: Mapping[str, Any]


def blocking(results: Iterable[GateResult]) -> tuple[GateResult, ...]:
    """The results that hold a promotion back."""
    return tuple(result for result in results if result.blocking)
