"""Examining something step by step: the first step that fails ends it, and every step is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from core.domain.moment import moment_of
from core.errors import InvalidError
from core.evidence.public_key import PublicKeyRecord
from core.evidence.report import Outcome, Step
from core.strict_json import strict_json


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


def examined(checks: Iterable[Check], first: int = 1) -> tuple[Step, ...]:
    """Take the steps in their order, numbered from `first`."""
    steps: list[Step] = []
    has_failed = False
    for number, (name, check) in enumerate(checks, start=first):
        if has_failed:
            steps.append(Step(number, name, Outcome.NOT_REACHED, ""))
            continue
        finding = check()
        has_failed = not finding.ok
        steps.append(Step(number, name, Outcome.FAILED if has_failed else Outcome.PASSED, finding.detail))
    return tuple(steps)


def read_strictly(source: bytes) -> tuple[Any, Finding]:
    """The JSON document that a file is, and the finding; None with why where it is no strict JSON."""
    try:
        return strict_json(source, allow_floats=False), passed(f"{len(source)} bytes")
    except InvalidError as error:
        return None, failed(error.message)


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
