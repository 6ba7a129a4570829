"""The audit log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from bot.api.schemas.base import Shown, ShownActor, example, shown_actor
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


class AuditMeta(Shown):
    """Where in the whole list a page stands. Where a cursor was given, the list was neither counted nor numbered."""

    page: int | None
    page_size: int
    total_count: int | None
    next_cursor: str | None = Field(description="`cursor` for the page after this one; null at the end of the list.")


class AuditLog(Shown):
    """One page of the audit log, newest first."""

    model_config = example(data=[_ENTRY], meta={"page": 1, "pageSize": 25, "totalCount": 1, "nextCursor": None})

    data: list[AuditEntry]
    meta: AuditMeta


def audit_log_of(page: Page[Event]) -> AuditLog:
    size = page.request.size
    meta = AuditMeta(
        page=page.request.page, page_size=size, total_count=page.total, next_cursor=_next(page.items, size)
    )
    return AuditLog(data=[_entry(event) for event in page.items], meta=meta)


def audit_log_from(events: Sequence[Event], size: int) -> AuditLog:
    """The entries behind a cursor."""
    meta = AuditMeta(page=None, page_size=size, total_count=None, next_cursor=_next(events, size))
    return AuditLog(data=[_entry(event) for event in events], meta=meta)


def _next(events: Sequence[Event], size: int) -> str | None:
    return str(events[-1].sequence) if len(events) == size else None


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
