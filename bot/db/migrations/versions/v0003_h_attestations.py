"""What stands beside packets: statements for other tools, a timestamp. Packets from before have nothing there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.parts import KEY, MOMENT, primary, reference

revision = "0003h"
down_revision = "0003g"


def upgrade() -> None:
    op.create_table(
        "attestations",
        sa.Column("packet_id", sa.Uuid(), nullable=False),
        sa.Column("predicate_type", KEY, nullable=False),
        sa.Column("payload_type", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("signer_key_ref", sa.String(), nullable=False),
        primary("attestations", "packet_id", "predicate_type"),
        reference("attestations", "packet_id", "evidence_packets.id"),
    )
    op.create_table(
        "timestamps",
        sa.Column("packet_id", sa.Uuid(), nullable=False),
        sa.Column("response", sa.LargeBinary(), nullable=False),
        sa.Column("stamped_at", MOMENT, nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        primary("timestamps", "packet_id"),
        reference("timestamps", "packet_id", "evidence_packets.id"),
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back that keeps decisions and evidence: restore a backup instead")
