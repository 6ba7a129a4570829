"""What a vote was bound to, the artifacts fixed at the request, and where a release's diff is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002a"
down_revision = "0001"


def upgrade() -> None:
    for table, column in (("votes", "seen"), ("promotions", "artifacts_digest"), ("releases", "changes_url")):
        op.add_column(table, sa.Column(column, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    raise RuntimeError("There is no way back that keeps decisions and evidence: restore a backup instead")
