"""Indexes for lists: every filter and every pair of them, however long the history is.

Of promotions as many as before: one that begins with environment and status serves environments alone as well, as
does that of requesters. The audit log is sorted by time; one index more costs little where no row is ever changed.
"""

from __future__ import annotations

from alembic import op

from bot.db.migrations.parts import index

revision = "0004_lists"
down_revision = "0003h"


def upgrade() -> None:
    op.drop_index("ix_promotions_target_environment_id_requested_at_id", "promotions")
    op.drop_index("ix_promotions_requested_by_id_requested_at_id", "promotions")
    requester = ["requested_by_id", "status", "requested_at", "id"]
    op.create_index("ix_promotions_requester_status", "promotions", requester)
    both = ["requested_by_id", "target_environment_id", "status", "requested_at", "id"]
    op.create_index("ix_promotions_requester_environment", "promotions", both)
    op.drop_index("ix_audit_entries_subject_id_sequence", "audit_entries")
    op.drop_index("ix_audit_entries_action_sequence", "audit_entries")
    op.drop_index("ix_audit_entries_actor_id_sequence", "audit_entries")
    op.drop_index("ix_audit_entries_at", "audit_entries")
    index("audit_entries", "subject_id", "at", "sequence")
    index("audit_entries", "at", "sequence")
    index("audit_entries", "action", "at", "sequence")
    index("audit_entries", "actor_id", "at", "sequence")
    index("audit_entries", "actor_id", "action", "at", "sequence")


def downgrade() -> None:
    raise RuntimeError("There is no way back that keeps decisions and evidence: restore a backup instead")
