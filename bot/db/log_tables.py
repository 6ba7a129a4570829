"""The part of the schema that is the transparency log. Of all these rows only the state is ever changed."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, LargeBinary, String, Table, Text, Uuid

from bot.db.columns import KeyText, UtcDateTime
from bot.db.tables import metadata

log_state = Table(
    "log_state",
    metadata,
    # One row, which is locked by whoever appends or signs.
    Column("id", Integer(), primary_key=True, autoincrement=False),
    Column("origin", String(), nullable=False),
    Column("size", BigInteger(), nullable=False),
    # The hashes of the perfect subtrees, the largest first, one behind the other.
    Column("peaks", LargeBinary(), nullable=False),
    CheckConstraint("id = 1", name="one_log"),
)

log_leaves = Table(
    "log_leaves",
    metadata,
    Column("position", BigInteger(), primary_key=True, autoincrement=False),
    Column("subject_id", Uuid(), nullable=False, index=True),
    Column("content", LargeBinary(), nullable=False),
)

log_nodes = Table(
    "log_nodes",
    metadata,
    Column("level", Integer(), primary_key=True, autoincrement=False),
    Column("position", BigInteger(), primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(), nullable=False),
    sqlite_with_rowid=False,
)

log_checkpoints = Table(
    "log_checkpoints",
    metadata,
    Column("size", BigInteger(), primary_key=True, autoincrement=False),
    Column("root", LargeBinary(), nullable=False),
    Column("note", Text(), nullable=False),
    Column("signed_at", UtcDateTime(), nullable=False),
)

log_cosignatures = Table(
    "log_cosignatures",
    metadata,
    Column("size", BigInteger(), ForeignKey("log_checkpoints.size", ondelete="RESTRICT"), primary_key=True),
    Column("witness", KeyText, primary_key=True),
    Column("line", Text(), nullable=False),
)
