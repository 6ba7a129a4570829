"""Is what a voter saw still so? Where not, what has changed since, in words."""

from __future__ import annotations

from typing import Any

from core.app.finding import found
from core.app.ports import Store
from core.domain.events import Action
from core.domain.promotion import Promotion
from core.domain.seen import gate_changes, gates_seen, seen_digest
from core.errors import CardDriftedError

Change = dict[str, str]
"""`what` has changed (`gate`, `artifacts`, `terms`), which one (`gateName`), `from` what `to` what."""


def drift(store: Store, promotion: Promotion, seen: str) -> CardDriftedError | None:
    """Why an approval bound to `seen` (empty: to no card) cannot count for the promotion as it is; None where it can.

    Artifacts are compared with the release as it is stored now, whatever the vote is bound to, so a release that was
    tampered with after the request cannot be approved on the strength of what it once was.
    """
    release = found(store.releases.get(promotion.release_id), "release", promotion.release_id)
    tampered = promotion.artifacts_digest not in {"", release.artifacts_digest}
    now = seen_digest(promotion)
    if not tampered and seen in {"", now}:
        return None
    changes = [_ARTIFACTS] if tampered else _changes(store, promotion, seen)
    said = "; ".join(f"{change.get('gateName', change['what'])}: {change['to']}" for change in changes)
    return CardDriftedError(
        f"What you saw of {promotion.release_name} has changed since: {said}",
        hint="Ask for it again."
        if tampered
        else "Your approval was not stored. Look at it as it is now, and vote again.",
        promotionId=str(promotion.id),
        seenDigest=now,
        changes=changes,
    )


_ARTIFACTS: Change = {
    "what": "artifacts",
    "from": "the artifacts that were asked for",
    "to": "the release does not hold the artifacts any more that were asked for",
}
_TERMS: Change = {"what": "terms", "from": "", "to": "what you saw is not on record; it may be from another promotion"}


def _changes(store: Store, promotion: Promotion, seen: str) -> list[Change]:
    """The gates that changed since a card showed `seen`, as the audit log has them."""
    before = next((shown for shown in _shown(store, promotion) if shown["seenDigest"] == seen), None)
    if before is None:
        return [_TERMS]
    changes = gate_changes(before["gates"], gates_seen(promotion.gates))
    told = [{"what": "gate", "gateName": each.gate_name, "from": each.before, "to": each.after} for each in changes]
    return told or [_TERMS]


def _shown(store: Store, promotion: Promotion) -> list[Any]:
    return [event.details for event in store.audit.of(promotion.id) if event.action is Action.GATES_CHANGED]
