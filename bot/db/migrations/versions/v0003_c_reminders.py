"""Reminders that somebody asks for are notices now: the errand that sent them is nobody's any more."""

from __future__ import annotations

from alembic import op

revision = "0003c"
down_revision = "0003b"


def upgrade() -> None:
    op.execute("DELETE FROM outbox_entries WHERE errand = 'remind'")


def downgrade() -> None:
    raise RuntimeError("There is no way back that keeps decisions and evidence: restore a backup instead")
