"""Examining something step by step: the first step that fails ends it, and every step is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.evidence.report import Outcome, Step


@dataclass(frozen=True, slots=True)
class Finding:
    """What a step found: what was seen where it is `ok`, what is wrong where it is not."""

    ok: bool
    detail: str


Check = tuple[str, Callable[[], Finding]]
"""The name of a step, and what it does."""


def passed(detail: str) -> Finding:
    """The step holds."""
    return Finding(True, detail)


def failed(reason: str) -> Finding:
    """The step does not hold."""
    return Finding(False, reason)


def examined(checks: Iterable[Check]) -> tuple[Step, ...]:
    """Take the steps in their order."""
    steps: list[Step] = []
    has_failed = False
    for number, (name, check) in enumerate(checks, start=1):
        if has_failed:
            steps.append(Step(number, name, Outcome.NOT_REACHED, ""))
            continue
        finding = check()
        has_failed = not finding.ok
        steps.append(Step(number, name, Outcome.FAILED if has_failed else Outcome.PASSED, finding.detail))
    return tuple(steps)
