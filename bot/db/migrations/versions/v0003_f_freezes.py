"""Freezes that come back, calendars, exemptions, and when gates are to be looked at again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.parts import KEY, MOMENT, index, only, primary, reference, unique

revision = "0003f"
down_revision = "0003e"


def upgrade() -> None:
    op.add_column("freeze_windows", sa.Column("components", sa.JSON(none_as_null=True)))
    op.add_column("freeze_windows", sa.Column("recurrence", sa.JSON(none_as_null=True)))
    for column in (
        sa.Column("passes_at", MOMENT),
        sa.Column("changes_at", MOMENT),
        sa.Column("exemption", sa.JSON(none_as_null=True)),
        sa.Column("deferred_until", MOMENT),
    ):
        op.add_column("promotions", column)
    index("promotions", "changes_at", **only("decided_at IS NULL"))
    op.create_table(
        "calendars",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("components", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("refresh_minutes", sa.Integer(), nullable=False),
        sa.Column("stale_after_hours", sa.Integer(), nullable=False),
        sa.Column("when_stale", sa.String(), nullable=False),
        sa.Column("events", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("read_at", MOMENT),
        sa.Column("asked_at", MOMENT),
        sa.Column("problem", sa.Text(), nullable=False),
        primary("calendars", "id"),
        unique("calendars", "name_key"),
    )
    op.create_table(
        "calendar_environments",
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("environment_id", sa.Uuid(), nullable=False),
        primary("calendar_environments", "calendar_id", "position"),
        reference("calendar_environments", "calendar_id", "calendars.id", "CASCADE"),
        reference("calendar_environments", "environment_id", "environments.id"),
    )
    index("calendar_environments", "environment_id")


def downgrade() -> None:
    raise RuntimeError("There is no way back that keeps decisions and evidence: restore a backup instead")
