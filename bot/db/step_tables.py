"""The part of the schema that is about steps of workflows."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text, Uuid, text

from bot.db.columns import KeyText, UtcDateTime
from bot.db.tables import metadata

workflow_steps = Table(
    "workflow_steps",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("team", KeyText, nullable=False),
    Column("execution_id", KeyText, nullable=False),
    Column("kind", KeyText, nullable=False),
    Column("started_at", UtcDateTime(), nullable=False),
    Column("person_id", Uuid(), ForeignKey("people.id", ondelete="CASCADE")),
    # No references: what was removed meanwhile is refused when the request is confirmed.
    Column("release_id", Uuid()),
    Column("environment_id", Uuid()),
    Column("reason", Text(), nullable=False),
    Column("promotion_id", Uuid(), ForeignKey("promotions.id", ondelete="CASCADE")),
    Column("refusal", Text(), nullable=False),
    Column("ended_at", UtcDateTime()),
    Index("uq_workflow_steps_execution", "team", "execution_id", unique=True),
)
# Written out, not as parameters, or no query could use the indexes.
WAITING = workflow_steps.c.ended_at.is_(None)
UNANSWERED = text("ended_at IS NULL AND promotion_id IS NULL AND refusal = ''")
Index(
    "ix_workflow_steps_promotion_id",
    workflow_steps.c.promotion_id,
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)
Index(
    "ix_workflow_steps_started_at",
    workflow_steps.c.started_at,
    sqlite_where=UNANSWERED,
    postgresql_where=UNANSWERED,
)
