"""Steps of Slack workflows that have been started."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.parts import KEY, MOMENT, index, only, primary, reference

revision = "0003b"
down_revision = "0003a"


def upgrade() -> None:
    op.create_table(
        "workflow_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team", KEY, nullable=False),
        sa.Column("execution_id", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("release_id", sa.Uuid()),
        sa.Column("environment_id", sa.Uuid()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("promotion_id", sa.Uuid()),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("ended_at", MOMENT),
        primary("workflow_steps", "id"),
        reference("workflow_steps", "person_id", "people.id", "CASCADE"),
        reference("workflow_steps", "promotion_id", "promotions.id", "CASCADE"),
    )
    op.create_index("uq_workflow_steps_execution", "workflow_steps", ["team", "execution_id"], unique=True)
    index("workflow_steps", "promotion_id", **only("ended_at IS NULL"))
    index("workflow_steps", "started_at", **only("ended_at IS NULL AND promotion_id IS NULL AND refusal = ''"))


def downgrade() -> None:
    raise RuntimeError("There is no way back that keeps decisions and evidence: restore a backup instead")
