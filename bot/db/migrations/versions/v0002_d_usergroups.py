"""How Slack's user groups were last read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002d"
down_revision = "0002c"


def upgrade() -> None:
    op.add_column("approver_groups", sa.Column("reading", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    raise RuntimeError("There is no way back that keeps decisions and evidence: restore a backup instead")
