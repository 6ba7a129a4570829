"""The part of the schema that keeps the program itself going: answers given again, and work that one holder does."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from bot.db.columns import Document, KeyText, UtcDateTime
from bot.db.tables import metadata

stored_answers = Table(
    "stored_answers",
    metadata,
    Column("owner", KeyText, primary_key=True),
    Column("key", KeyText, primary_key=True),
    Column("fingerprint", String(), nullable=False),
    Column("created_at", UtcDateTime(), nullable=False, index=True),
    Column("status", Integer(), nullable=False),
    Column("headers", Document, nullable=False),
    Column("body", LargeBinary(), nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", KeyText, primary_key=True),
    Column("holder", String(), nullable=False),
    Column("until", UtcDateTime(), nullable=False),
)
