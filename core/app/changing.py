"""What changed last about a promotion's gates, for the card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.app.ports import Store
from core.domain.events import Action
from core.domain.seen import GateChange, gate_changes


@dataclass(frozen=True, slots=True)
class Changed:
    """When gates said something else than before, and what."""

    at: datetime
    changes: tuple[GateChange, ...]


def last_changed(store: Store, promotion_id: UUID) -> Changed | None:
    """The last time that gates said something else than the time before; None where they have not yet."""
    shown = [event for event in store.audit.of(promotion_id) if event.action is Action.GATES_CHANGED]
    if len(shown) < 2:
        return None
    before, after = shown[-2:]
    changes = gate_changes(before.details["gates"], after.details["gates"])
    return Changed(after.at, changes) if changes else None
