"""What an examination of evidence found, step by step: values for a command line, a REST answer or a test."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How a step ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True)
class Step:
    """One step of an examination: its number, what it checks, how it ended, and what was seen or what is wrong."""

    number: int
    name: str
    outcome: Outcome
    detail: str

    @property
    def ok(self) -> bool:
        """Whether the step was reached and passed."""
        return self.outcome is Outcome.PASSED


@dataclass(frozen=True)
class VerificationReport:
    """What was checked, step by step; `content` is the signed content, there only where everything holds."""

    steps: tuple[Step, ...]
    content: dict[str, Any] | None = None

    @property
    def ok(self) -> bool:
        """Whether there were steps and all of them passed."""
        return bool(self.steps) and all(step.ok for step in self.steps)

    @property
    def failure(self) -> Step | None:
        """The step that failed, if one did."""
        return next((step for step in self.steps if step.outcome is Outcome.FAILED), None)
