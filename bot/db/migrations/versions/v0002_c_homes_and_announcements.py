"""App Homes that people have opened, what was decided lately, and environments that announce."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.parts import KEY, MOMENT, index, primary, reference

revision = "0002c"
down_revision = "0002b"


def upgrade() -> None:
    op.add_column("environments", sa.Column("announce", sa.Boolean(), nullable=False, server_default=sa.false()))
    index("promotions", "target_environment_id", "decided_at")
    op.create_table(
        "opened_homes",
        sa.Column("team", KEY, nullable=False),
        sa.Column("user", KEY, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        primary("opened_homes", "team", "user"),
        reference("opened_homes", "person_id", "people.id", "CASCADE"),
    )
    index("opened_homes", "person_id")
    index("opened_homes", "opened_at")


def downgrade() -> None:
    raise RuntimeError("There is no way back that keeps decisions and evidence: restore a backup instead")
