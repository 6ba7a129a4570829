"""The audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from bot.api.schemas.base import ONE_PAGE, Listing, Shown, ShownActor, example, meta_of, shown_actor
from core.app.pages import Page
from core.domain.events import Action, Event

_ENTRY = {
    "sequence": 42,
    "action": "promotion:approved",
    "at": "2026-01-10T14:30:00Z",
    "actor": {"kind": "person", "id": "e4f7d8b1-94a3-4be7-8d53-2b6f1c0a9e04", "name": "John Doe"},
    "door": "slack",
    "subjectId": "c0b7e6a4-1f0b-4a59-9d0c-6d1f4f0e7a03",
    "details": {"contentHash": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
    "correlationId": "4f2c9a1be07d4c11",
}


class AuditEntry(Shown):
    """One thing that happened."""

    model_config = example(**_ENTRY)

    sequence: int | None = Field(description="Counts up; later entries have higher numbers.")
    action: Action
    at: datetime
    actor: ShownActor
    door: str = Field(description="`slack`, `rest`, `cli` or `system`.")
    subject_id: UUID = Field(description="What the action's first word names.")
    details: dict[str, Any]
    correlation_id: str = Field(description="The `X-Correlation-Id` of the request, if it came through one.")


class AuditLog(Listing[AuditEntry]):
    """One page of the audit log, newest first."""

    model_config = example(data=[_ENTRY], meta=ONE_PAGE)


def audit_log_of(page: Page[Event]) -> AuditLog:
    return AuditLog(data=[_entry(event) for event in page.items], meta=meta_of(page))


def _entry(event: Event) -> AuditEntry:
    return AuditEntry(
        sequence=event.sequence,
        action=event.action,
        at=event.at,
        actor=shown_actor(event.actor),
        door=event.door,
        subject_id=event.subject_id,
        details=dict(event.details),
        correlation_id=event.correlation_id,
    )
