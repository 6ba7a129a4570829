"""The part of the schema that is about Slack workspaces."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text, Uuid

from bot.db.columns import Document, KeyText, UtcDateTime
from bot.db.tables import metadata

slack_installations = Table(
    "slack_installations",
    metadata,
    Column("id", Uuid(), nullable=False, unique=True),
    Column("team", KeyText, primary_key=True),
    Column("name", String(), nullable=False),
    Column("enterprise", String(), nullable=False),
    Column("bot_user", String(), nullable=False),
    Column("scopes", Document, nullable=False),
    # Ciphertext of tokens, and rotated tokens are long.
    Column("sealed", Text(), nullable=False),
    Column("installed_at", UtcDateTime(), nullable=False),
    Column("expires_at", UtcDateTime()),
    Column("closed_at", UtcDateTime()),
    Column("closed_because", String(), nullable=False),
)

spent_passes = Table(
    "spent_passes",
    metadata,
    Column("digest", KeyText, primary_key=True),
    Column("until", UtcDateTime(), nullable=False, index=True),
)
