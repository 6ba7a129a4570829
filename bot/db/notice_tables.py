"""The part of the schema that is about telling people."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Uuid

from bot.db.columns import KeyText, UtcDateTime
from bot.db.tables import metadata

notices = Table(
    "notices",
    metadata,
    Column("promotion_id", Uuid(), ForeignKey("promotions.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", Uuid(), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("call", KeyText, primary_key=True),
    Column("wanted_at", UtcDateTime(), nullable=False),
    Column("due_at", UtcDateTime(), nullable=False),
    Column("told_in", KeyText, nullable=False),
    Column("told_at", UtcDateTime()),
    Index("ix_notices_person_id_told_at", "person_id", "told_at"),
)
UNTOLD = notices.c.told_at.is_(None)
Index("ix_notices_due_at", notices.c.due_at, sqlite_where=UNTOLD, postgresql_where=UNTOLD)

preferences = Table(
    "preferences",
    metadata,
    Column("person_id", Uuid(), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("time_zone", String(), nullable=False),
    # Minutes since midnight by the person's clock.
    Column("quiet_start", Integer()),
    Column("quiet_end", Integer()),
    Column("snoozed_until", UtcDateTime()),
)

channel_troubles = Table(
    "channel_troubles",
    metadata,
    Column("environment_id", Uuid(), ForeignKey("environments.id", ondelete="CASCADE"), primary_key=True),
    Column("channel", String(), nullable=False),
    Column("problem", String(), nullable=False),
    Column("since", UtcDateTime(), nullable=False),
    Column("solved_at", UtcDateTime()),
)
