"""Nothing of the schema changes here."""

from __future__ import annotations

revision = "0002b"
down_revision = "0002a"


def upgrade() -> None:
    """Leave everything as it is."""


def downgrade() -> None:
    raise RuntimeError("There is no way back that keeps decisions and evidence: restore a backup instead")
