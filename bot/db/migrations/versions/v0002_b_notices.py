"""Who was told what, what people want of our messages, channels that cannot be posted in, and policies' wishes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.parts import KEY, MOMENT, index, only, primary, reference

revision = "0002b"
down_revision = "0002a"


def upgrade() -> None:
    op.add_column("approval_policies", sa.Column("notify", sa.JSON()))
    _notices()
    op.create_table(
        "preferences",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("quiet_start", sa.Integer()),
        sa.Column("quiet_end", sa.Integer()),
        sa.Column("snoozed_until", MOMENT),
        primary("preferences", "person_id"),
        reference("preferences", "person_id", "people.id", "CASCADE"),
    )
    op.create_table(
        "channel_troubles",
        sa.Column("environment_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("solved_at", MOMENT),
        primary("channel_troubles", "environment_id"),
        reference("channel_troubles", "environment_id", "environments.id", "CASCADE"),
    )


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("call", KEY, nullable=False),
        sa.Column("wanted_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("told_in", KEY, nullable=False),
        sa.Column("told_at", MOMENT),
        primary("notices", "promotion_id", "person_id", "call"),
        reference("notices", "promotion_id", "promotions.id", "CASCADE"),
        reference("notices", "person_id", "people.id", "CASCADE"),
    )
    index("notices", "person_id", "told_at")
    index("notices", "due_at", **only("told_at IS NULL"))


def downgrade() -> None:
    raise RuntimeError("There is no way back that keeps decisions and evidence: restore a backup instead")
