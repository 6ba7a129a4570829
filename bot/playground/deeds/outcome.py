"""How the app took what a person did."""

from __future__ import annotations

from dataclasses import dataclass, field

TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True)
class Outcome:
    """`error` is empty, or `operation_timeout`, `dispatch_failed`, or what was wrong with the app's answer."""

    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether the app answered in time and well."""
        return not self.error


@dataclass(frozen=True)
class Submission(Outcome):
    """What became of a submitted modal: closed, complained about by block id, or another view in its place."""

    closed: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the app took the form."""
        return not self.error and not self.errors
