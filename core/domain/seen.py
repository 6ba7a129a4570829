"""What a card showed of a promotion, as one digest: buttons carry it, an approval is bound to it, evidence keeps it.

An approval says yes to what was on the card. Where that is no longer so, it says yes to something nobody looked at.
So the digest is over what a person decides by: the artifacts, each gate's result with its facts, the terms of the
policies, and separation of duties.

Not everything that differs is drift. A newer scan report with the same counts is the same finding under another id,
and asking everybody to look again at what looks the same teaches people to click without looking. So facts that only
point at a record or date it (`id`, `...Id`, `...Ids`, `...At`, `...Url`) do not count. What they stand for does, by the
result, by the message that people read, and by all other facts. The order of gates, and when they were last looked at,
do not count either. Of a list that is too long to be shown, the gate's facts hold a digest of the whole.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.domain.gate_result import GateResult
from core.domain.promotion import Promotion

_POINTS_OR_DATES = re.compile(r"url|at|.*(Url|At)")
_NAMES_A_RECORD = re.compile(r"id|ids|.*(Id|Ids)")


def seen_digest(promotion: Promotion) -> str:
    """`sha256:` over what a card shows of the promotion as it stands."""
    content: Mapping[str, Any] = {
        "promotionId": str(promotion.id),
        "artifacts": promotion.artifacts_digest,
        "gates": gates_seen(promotion.gates),
        "policies": sorted(policy.digest for policy in promotion.policies),
        "separationOfDuties": promotion.separation_of_duties,
    }
    return _digest(content)


def gates_seen(gates: tuple[GateResult, ...]) -> list[dict[str, Any]]:
    """What counts of gate results, by name: kept beside the digest, it tells later what has changed."""
    return [
        {
            "gateName": gate.gate_name,
            "passed": gate.passed,
            "blocking": gate.blocking,
            "message": gate.message,
            "detailsDigest": _digest(lasting(gate.details)),
        }
        for gate in sorted(gates, key=lambda each: each.gate_name)
    ]


@dataclass(frozen=True, slots=True)
class GateChange:
    """How one gate changed: what it said and what it says, in words."""

    gate_name: str
    before: str
    after: str


def gate_changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> tuple[GateChange, ...]:
    """The differences between two answers of `gates_seen`, by name of the gate."""
    old, new = ({gate["gateName"]: gate for gate in gates} for gates in (before, after))
    return tuple(
        GateChange(name, _words(old.get(name)), _words(new.get(name), old.get(name)))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    )


def _words(gate: Mapping[str, Any] | None, other: Mapping[str, Any] | None = None) -> str:
    if gate is None:
        return "not checked"
    state = "passed" if gate["passed"] else "blocks" if gate["blocking"] else "advises against it"
    said = f"{state}: {gate['message']}"
    same_words = other is not None and said == _words(other)
    return f"{said} (on other facts)" if same_words else said


def lasting(fact: Any) -> Any:
    """A fact without what only points at a record or dates it."""
    if isinstance(fact, Mapping):
        return {name: lasting(value) for name, value in fact.items() if not _only_points(str(name), value)}
    if isinstance(fact, list | tuple):
        return [lasting(each) for each in fact]
    return fact


def _only_points(name: str, value: Any) -> bool:
    """Whether a fact dates something or points at a record. The id of a vulnerability is no record's: it is what it is.

    Records have UUIDs.
    """
    if _POINTS_OR_DATES.fullmatch(name):
        return True
    if not _NAMES_A_RECORD.fullmatch(name):
        return False
    return all(map(_is_uuid, value)) if isinstance(value, list | tuple) else _is_uuid(value)


def _is_uuid(value: Any) -> bool:
    if not isinstance(value, str):
        return value is None
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False


def _digest(content: Any) -> str:
    written = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(written.encode()).hexdigest()
