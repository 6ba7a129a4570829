"""Running the numbered steps of an examination: the first that fails ends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.errors import InvalidError
from core.evidence.canonical import moment_of
from core.evidence.public_key import PublicKeyRecord
from core.evidence.report import Outcome, Step


@dataclass(frozen=True)
class Finding:
    """What one check found: whether it holds, and what was seen or what is wrong."""

    ok: bool
    detail: str


Check = tuple[str, Callable[[], Finding]]
"""A step's name, and what it does."""


def passed(detail: str) -> Finding:
    """Return that a check holds."""
    return Finding(True, detail)


def failed(reason: str) -> Finding:
    """Return that a check does not hold, and why."""
    return Finding(False, reason)


def run(checks: Sequence[Check], first: int = 1) -> tuple[Step, ...]:
    """Run the checks in their order, numbered from `first`; behind the first that fails none is reached."""
    steps: list[Step] = []
    going = True
    for number, (name, check) in enumerate(checks, start=first):
        if not going:
            steps.append(Step(number, name, Outcome.NOT_REACHED, ""))
            continue
        finding = check()
        going = finding.ok
        steps.append(Step(number, name, Outcome.PASSED if finding.ok else Outcome.FAILED, finding.detail))
    return tuple(steps)


def in_time_of_use(key: PublicKeyRecord, made: str, field: str) -> Finding:
    """Check that `key` might sign at the time written in `made`, and has not been revoked since."""
    try:
        made_at = moment_of(made)
    except InvalidError as error:
        return failed(f"{field}: {error.message}")
    if refusal := key.refusal_at(made_at):
        return failed(f"made {made}, but {refusal}")
    limits = "" if key.not_before or key.not_after else "; the key came without times of use"
    return passed(f"made {made}{limits}")
