"""The part of the schema that gates judge by and nobody else needs: checklists, and what services were asked."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, String, Table, Text, Uuid

from bot.db.columns import Document, KeyText, UtcDateTime
from bot.db.tables import metadata

checklist_ticks = Table(
    "checklist_ticks",
    metadata,
    Column("promotion_id", Uuid(), ForeignKey("promotions.id", ondelete="CASCADE"), primary_key=True),
    Column("item", KeyText, primary_key=True),
    Column("person_id", Uuid(), ForeignKey("people.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("person_name", String(), nullable=False),
    Column("at", UtcDateTime(), nullable=False),
    Column("door", String(), nullable=False),
)

gate_questions = Table(
    "gate_questions",
    metadata,
    Column("promotion_id", Uuid(), ForeignKey("promotions.id", ondelete="CASCADE"), primary_key=True),
    Column("service", KeyText, primary_key=True),
    Column("id", Uuid(), nullable=False, unique=True),
    Column("address_digest", String(), nullable=False),
    Column("asked_at", UtcDateTime(), nullable=False),
    # Hashes only: whoever reads the database can answer nothing.
    Column("token_digests", Document, nullable=False),
    Column("problem", Text(), nullable=False),
    Column("taken_at", UtcDateTime()),
    Column("answered_at", UtcDateTime()),
    Column("passed", Boolean()),
    Column("message", Text(), nullable=False),
)
