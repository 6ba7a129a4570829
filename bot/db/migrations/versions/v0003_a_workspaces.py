"""Workspaces that have let us in, and which of them an environment's channel and a message are in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.parts import KEY, MOMENT, index, primary, unique

revision = "0003a"
down_revision = "0002d"


def upgrade() -> None:
    for table, column in (("environments", "slack_team"), ("sent_messages", "team")):
        op.add_column(table, sa.Column(column, sa.String(), nullable=False, server_default=""))
    op.create_table(
        "slack_installations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("enterprise", sa.String(), nullable=False),
        sa.Column("bot_user", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("installed_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.Column("closed_because", sa.String(), nullable=False),
        primary("slack_installations", "team"),
        unique("slack_installations", "id"),
    )
    op.create_table(
        "spent_passes",
        sa.Column("digest", KEY, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        primary("spent_passes", "digest"),
    )
    index("spent_passes", "until")


def downgrade() -> None:
    raise RuntimeError("There is no way back that keeps decisions and evidence: restore a backup instead")
