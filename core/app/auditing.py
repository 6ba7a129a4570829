"""The audit log as it is kept and asked for."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.app.pages import Page, PageRequest
from core.domain.events import Action, Event


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which audit entries are wanted; what is None or empty does not restrict. `until` itself is not in."""

    actions: frozenset[Action] = field(default_factory=frozenset)
    subject_id: UUID | None = None
    actor_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = AuditFilter()


class Audit(Protocol):
    """The audit log. Entries are never changed."""

    def add(self, event: Event) -> None:
        """Append an entry."""
        ...

    def page(self, request: PageRequest, wanted: AuditFilter = EVERYTHING) -> Page[Event]:
        """One page, newest first; of one moment, the one stored last comes first."""
        ...

    def newest(self) -> Event | None:
        """The entry that was stored last, whatever its time."""
        ...

    def of(self, subject_id: UUID) -> tuple[Event, ...]:
        """Everything that happened to one subject, oldest first."""
        ...

    def of_actions(self, actions: Set[Action]) -> tuple[Event, ...]:
        """Everything of these kinds, oldest first."""
        ...
