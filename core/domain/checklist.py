"""Checklist items that a person has ticked for one promotion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Tick:
    """One item of a promotion's checklist, ticked. `item` is its name; `door` is where it was ticked."""

    promotion_id: UUID
    item: str
    person_id: UUID
    person_name: str
    at: datetime
    door: str
