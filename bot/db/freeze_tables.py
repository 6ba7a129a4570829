"""The part of the schema that is about calendars that somebody else keeps."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text, Uuid

from bot.db.columns import Document, KeyText, UtcDateTime
from bot.db.tables import REFERS_AS, metadata

calendars = Table(
    "calendars",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("name", String(), nullable=False),
    Column("name_key", KeyText, nullable=False, unique=True),
    Column("components", Document, nullable=False),
    Column("url", Text(), nullable=False),
    Column("time_zone", String(), nullable=False),
    Column("refresh_minutes", Integer(), nullable=False),
    Column("stale_after_hours", Integer(), nullable=False),
    Column("when_stale", String(), nullable=False),
    Column("events", Document, nullable=False),
    Column("read_at", UtcDateTime()),
    Column("asked_at", UtcDateTime()),
    Column("problem", Text(), nullable=False),
)

calendar_environments = Table(
    "calendar_environments",
    metadata,
    Column("calendar_id", Uuid(), ForeignKey("calendars.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer(), primary_key=True),
    Column("environment_id", Uuid(), ForeignKey("environments.id", ondelete="RESTRICT"), nullable=False, index=True),
    info={REFERS_AS: "a calendar"},
)
