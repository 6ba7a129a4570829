"""What a check found: values, told as a table or as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How serious it is."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, how it is, what was seen, and what to do about it (empty where nothing)."""

    name: str
    outcome: Outcome
    message: str
    fix: str = ""

    def as_json(self) -> dict[str, str]:
        """The finding for programs."""
        return {"name": self.name, "outcome": self.outcome.value, "message": self.message, "fix": self.fix}


def ok(name: str, message: str) -> Finding:
    """All is well."""
    return Finding(name, Outcome.OK, message)


def warning(name: str, message: str, fix: str) -> Finding:
    """It works, and should be mended."""
    return Finding(name, Outcome.WARNING, message, fix)


def failed(name: str, message: str, fix: str) -> Finding:
    """It does not work."""
    return Finding(name, Outcome.FAILED, message, fix)


def skipped(name: str, message: str) -> Finding:
    """It could not be looked at, or is not in use."""
    return Finding(name, Outcome.SKIPPED, message)
