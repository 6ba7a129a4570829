"""The transparency log; its first start fills it with what was decided before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.parts import KEY, MOMENT, check, index, primary, reference

revision = "0003g"
down_revision = "0003f"


def upgrade() -> None:
    op.create_table(
        "log_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        primary("log_state", "id"),
        check("log_state", "one_log", "id = 1"),
    )
    op.create_table(
        "log_leaves",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        primary("log_leaves", "position"),
    )
    index("log_leaves", "subject_id")
    op.create_table(
        "log_nodes",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        primary("log_nodes", "level", "position"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_checkpoints",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        primary("log_checkpoints", "size"),
    )
    op.create_table(
        "log_cosignatures",
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("witness", KEY, nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        primary("log_cosignatures", "size", "witness"),
        reference("log_cosignatures", "size", "log_checkpoints.size"),
    )
    for columns in (("action", "sequence"), ("actor_id", "sequence"), ("at",)):
        index("audit_entries", *columns)


def downgrade() -> None:
    raise RuntimeError("There is no way back that keeps decisions and evidence: restore a backup instead")
