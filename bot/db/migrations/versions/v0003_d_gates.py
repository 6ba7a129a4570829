"""Checklists, and what services outside were asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.parts import KEY, MOMENT, index, primary, reference, unique

revision = "0003d"
down_revision = "0002d"


def upgrade() -> None:
    op.create_table(
        "checklist_ticks",
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("item", KEY, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        primary("checklist_ticks", "promotion_id", "item"),
        reference("checklist_ticks", "promotion_id", "promotions.id", "CASCADE"),
        reference("checklist_ticks", "person_id", "people.id"),
    )
    index("checklist_ticks", "person_id")
    op.create_table(
        "gate_questions",
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("service", KEY, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address_digest", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("token_digests", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("taken_at", MOMENT),
        sa.Column("answered_at", MOMENT),
        sa.Column("passed", sa.Boolean()),
        sa.Column("message", sa.Text(), nullable=False),
        primary("gate_questions", "promotion_id", "service"),
        reference("gate_questions", "promotion_id", "promotions.id", "CASCADE"),
        unique("gate_questions", "id"),
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back that keeps decisions and evidence: restore a backup instead")
