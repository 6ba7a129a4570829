"""The schema. Migrations write it out step by step; a test holds the two against each other."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    false,
    literal_column,
)

from bot.db.columns import Document, KeyText, Sequence, UtcDateTime
from core.domain.promotion import OPEN

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

REFERS_AS = "refers_as"
"""Key in `Table.info`: what a row of the table is called where it keeps another row from being removed."""


def _refers_to(column: str) -> ForeignKey:
    return ForeignKey(column, ondelete="RESTRICT")


def _part_of(column: str) -> ForeignKey:
    return ForeignKey(column, ondelete="CASCADE")


environments = Table(
    "environments",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("name", String(), nullable=False),
    Column("name_key", KeyText, nullable=False, unique=True),
    Column("source_environment_id", Uuid(), _refers_to("environments.id"), index=True),
    Column("require_sod", Boolean(), nullable=False),
    Column("slack_channel", String(), nullable=False),
    Column("gates", Document, nullable=False),
    Column("announce", Boolean(), nullable=False, server_default=false()),
    Column("slack_team", String(), nullable=False, server_default=""),
    info={REFERS_AS: "another environment"},
)

freeze_windows = Table(
    "freeze_windows",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("name", String(), nullable=False),
    Column("name_key", KeyText, nullable=False, unique=True),
    Column("starts_at", UtcDateTime(), nullable=False),
    Column("ends_at", UtcDateTime(), nullable=False),
    Column("reason", Text(), nullable=False),
    Column("components", Document),
    Column("recurrence", Document),
)

freeze_window_environments = Table(
    "freeze_window_environments",
    metadata,
    Column("freeze_window_id", Uuid(), _part_of("freeze_windows.id"), primary_key=True),
    Column("position", Integer(), primary_key=True),
    Column("environment_id", Uuid(), _refers_to("environments.id"), nullable=False, index=True),
    info={REFERS_AS: "a freeze window"},
)

people = Table(
    "people",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("email", String(), nullable=False),
    Column("email_key", KeyText, nullable=False, unique=True),
    Column("name", String(), nullable=False),
    Column("name_key", KeyText, nullable=False, index=True),
    # The names of the roles with a blank between them: few people have any, so they are found by not being empty.
    Column("roles", String(), nullable=False),
    Column("active", Boolean(), nullable=False),
)
HAS_ROLES = people.c.roles != literal_column("''")
Index("ix_people_roles", people.c.roles, sqlite_where=HAS_ROLES, postgresql_where=HAS_ROLES)

slack_accounts = Table(
    "slack_accounts",
    metadata,
    Column("team", KeyText, primary_key=True),
    Column("user", KeyText, primary_key=True),
    Column("person_id", Uuid(), _refers_to("people.id"), nullable=False, index=True),
    Column("position", Integer(), nullable=False),
    Column("blocked_by", String(), nullable=False),
)

service_accounts = Table(
    "service_accounts",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("name", String(), nullable=False),
    Column("name_key", KeyText, nullable=False, unique=True),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("digest", KeyText, nullable=False, unique=True),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("person_id", Uuid(), _refers_to("people.id"), index=True),
    Column("service_id", Uuid(), _refers_to("service_accounts.id"), index=True),
    Column("scopes", Document),
    Column("expires_at", UtcDateTime()),
    Column("revoked_at", UtcDateTime()),
    CheckConstraint("(person_id IS NULL) <> (service_id IS NULL)", name="one_owner"),
)

approver_groups = Table(
    "approver_groups",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("name", String(), nullable=False),
    Column("name_key", KeyText, nullable=False, unique=True),
    Column("slack_usergroup", String(), nullable=False),
    Column("reading", Document),
)

approver_group_members = Table(
    "approver_group_members",
    metadata,
    Column("group_id", Uuid(), _part_of("approver_groups.id"), primary_key=True),
    Column("person_id", Uuid(), _refers_to("people.id"), primary_key=True, index=True),
)

approval_policies = Table(
    "approval_policies",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("name", String(), nullable=False),
    Column("name_key", KeyText, nullable=False, unique=True),
    Column("environment_id", Uuid(), _refers_to("environments.id"), nullable=False, index=True),
    Column("required_approvals", Integer(), nullable=False),
    Column("require_separation_of_duties", Boolean(), nullable=False),
    Column("auto_expire_hours", Integer()),
    Column("notify", Document),
    info={REFERS_AS: "an approval policy"},
)

approval_policy_groups = Table(
    "approval_policy_groups",
    metadata,
    Column("policy_id", Uuid(), _part_of("approval_policies.id"), primary_key=True),
    Column("position", Integer(), primary_key=True),
    Column("group_id", Uuid(), _refers_to("approver_groups.id"), nullable=False, index=True),
    info={REFERS_AS: "an approval policy"},
)

releases = Table(
    "releases",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("name", String(), nullable=False),
    Column("name_key", KeyText, nullable=False, unique=True),
    Column("component", String(), nullable=False),
    Column("version", String(), nullable=False),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("artifacts", Document, nullable=False),
    Column("authors", Document, nullable=False),
    Column("source_ref", String(), nullable=False),
    Column("changes_url", String(), nullable=False, server_default=""),
    Index(None, "created_at", "id"),
)

scan_reports = Table(
    "scan_reports",
    metadata,
    Column("sequence", Sequence, primary_key=True),
    Column("id", Uuid(), nullable=False, unique=True),
    Column("release_id", Uuid(), _refers_to("releases.id"), nullable=False),
    Column("scanner", String(), nullable=False),
    Column("submitted_at", UtcDateTime(), nullable=False),
    *(Column(severity, Integer(), nullable=False) for severity in ("critical", "high", "medium", "low", "unknown")),
    # A newer report replaces an older one of the same scanner.
    Column("scanner_key", KeyText, nullable=False, server_default=""),
    Column("format", String(), nullable=False, server_default="counts"),
    Column("digest", String(), nullable=False, server_default=""),
    Column("scanned_at", UtcDateTime()),
    Index(None, "release_id", "sequence"),
)

promotions = Table(
    "promotions",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("release_id", Uuid(), _refers_to("releases.id"), nullable=False),
    Column("release_name", String(), nullable=False),
    Column("component", String(), nullable=False),
    Column("source_environment_id", Uuid(), _refers_to("environments.id")),
    Column("source_environment_name", String(), nullable=False),
    Column("target_environment_id", Uuid(), _refers_to("environments.id"), nullable=False),
    Column("target_environment_name", String(), nullable=False),
    Column("reason", Text(), nullable=False),
    Column("requested_by_kind", String(), nullable=False),
    Column("requested_by_id", Uuid()),
    Column("requested_by_name", String(), nullable=False),
    Column("requested_at", UtcDateTime(), nullable=False),
    Column("policies", Document, nullable=False),
    Column("separation_of_duties", Boolean(), nullable=False),
    Column("artifacts_digest", String(), nullable=False, server_default=""),
    Column("expires_at", UtcDateTime()),
    Column("status", KeyText, nullable=False),
    Column("gates", Document, nullable=False),
    Column("evaluated_at", UtcDateTime()),
    Column("decided_at", UtcDateTime()),
    Column("decided_by_kind", String()),
    Column("decided_by_id", Uuid()),
    Column("decided_by_name", String(), nullable=False),
    Column("close_reason", String()),
    Column("close_comment", Text(), nullable=False),
    Column("external_url", Text(), nullable=False),
    Column("deployment_message", Text(), nullable=False),
    Column("passes_at", UtcDateTime()),
    Column("changes_at", UtcDateTime()),
    Column("exemption", Document),
    Column("deferred_until", UtcDateTime()),
    Column("version", Integer(), nullable=False),
    CheckConstraint("(decided_at IS NULL) = (status IN ('awaiting_approval', 'pending'))", name="open_or_decided"),
    # How they serve each filter and each pair of them stands in bot.db.promotion_lists.
    Index(None, "requested_at", "id"),
    Index(None, "status", "requested_at", "id"),
    Index(None, "release_id", "requested_at", "id"),
    Index(None, "target_environment_id", "status", "requested_at", "id"),
    Index("ix_promotions_requester_status", "requested_by_id", "status", "requested_at", "id"),
    Index(
        "ix_promotions_requester_environment",
        *("requested_by_id", "target_environment_id", "status", "requested_at", "id"),
    ),
    Index(None, "target_environment_id", "decided_at"),
    info={REFERS_AS: "a promotion"},
)

STILL_OPEN = promotions.c.status.in_([literal_column(f"'{status}'") for status in sorted(OPEN)])
"""The condition of the partial index. Written out, not as parameters, or no query could use it."""
Index(
    "uq_promotions_open",
    promotions.c.release_id,
    promotions.c.target_environment_id,
    unique=True,
    sqlite_where=STILL_OPEN,
    postgresql_where=STILL_OPEN,
)

UNDECIDED = promotions.c.decided_at.is_(None)
"""Says the same in words that leave SQLite no other index to choose."""
Index("ix_promotions_due", promotions.c.expires_at, promotions.c.id, sqlite_where=UNDECIDED, postgresql_where=UNDECIDED)
Index("ix_promotions_changes_at", promotions.c.changes_at, sqlite_where=UNDECIDED, postgresql_where=UNDECIDED)

votes = Table(
    "votes",
    metadata,
    Column("promotion_id", Uuid(), _refers_to("promotions.id"), primary_key=True),
    Column("person_id", Uuid(), _refers_to("people.id"), primary_key=True),
    Column("position", Integer(), nullable=False),
    Column("person_name", String(), nullable=False),
    Column("choice", String(), nullable=False),
    Column("comment", Text(), nullable=False),
    Column("at", UtcDateTime(), nullable=False),
    Column("door", String(), nullable=False),
    Column("seen", String(), nullable=False, server_default=""),
)

deployments = Table(
    "deployments",
    metadata,
    Column("sequence", Sequence, primary_key=True),
    Column("promotion_id", Uuid(), _refers_to("promotions.id"), nullable=False),
    Column("release_id", Uuid(), _refers_to("releases.id"), nullable=False),
    Column("environment_id", Uuid(), _refers_to("environments.id"), nullable=False),
    Column("status", String(), nullable=False),
    Column("at", UtcDateTime(), nullable=False),
    Column("external_url", Text(), nullable=False),
    Column("message", Text(), nullable=False),
    Index(None, "promotion_id", "sequence"),
    Index(None, "environment_id", "release_id", "sequence"),
    Index(None, "environment_id", "status", "sequence"),
    info={REFERS_AS: "a deployment"},
)

evidence_packets = Table(
    "evidence_packets",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("promotion_id", Uuid(), _refers_to("promotions.id"), nullable=False, unique=True),
    Column("canonical", LargeBinary(), nullable=False),
    Column("content_hash", String(), nullable=False),
    Column("signature", String(), nullable=False),
    Column("signer_key_ref", String(), nullable=False),
    Column("generated_at", UtcDateTime(), nullable=False),
    Column("type", String(), nullable=False),
    Column("version", String(), nullable=False),
    Column("signature_algorithm", String(), nullable=False),
)

public_keys = Table(
    "public_keys",
    metadata,
    Column("sequence", Sequence, primary_key=True),
    Column("key_ref", KeyText, nullable=False, unique=True),
    Column("public_key_pem", Text(), nullable=False),
    Column("not_before", UtcDateTime()),
    Column("not_after", UtcDateTime()),
    Column("revoked_at", UtcDateTime()),
    Column("revocation_reason", Text(), nullable=False),
    Column("algorithm", String(), nullable=False),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("sequence", Sequence, primary_key=True),
    Column("action", String(), nullable=False),
    Column("at", UtcDateTime(), nullable=False),
    Column("actor_kind", String(), nullable=False),
    Column("actor_id", Uuid()),
    Column("actor_name", String(), nullable=False),
    Column("door", String(), nullable=False),
    Column("subject_id", Uuid(), nullable=False),
    Column("details", Document, nullable=False),
    Column("correlation_id", String(), nullable=False),
    Index(None, "subject_id", "at", "sequence"),
    Index(None, "at", "sequence"),
    Index(None, "action", "at", "sequence"),
    Index(None, "actor_id", "at", "sequence"),
    Index(None, "actor_id", "action", "at", "sequence"),
)

outbox_entries = Table(
    "outbox_entries",
    metadata,
    Column("key", KeyText, primary_key=True),
    Column("errand", String(), nullable=False),
    Column("subject_id", Uuid(), nullable=False),
    Column("generation", Integer(), nullable=False),
    Column("attempts", Integer(), nullable=False),
    Column("created_at", UtcDateTime(), nullable=False),
    # Empty once it is done: the entry stays, so that what was said once is known.
    Column("due_at", UtcDateTime()),
    Column("error", Text(), nullable=False),
    Column("correlation_id", String(), nullable=False),
)
WAITING = outbox_entries.c.due_at.is_not(None)
Index("ix_outbox_entries_due_at", outbox_entries.c.due_at, sqlite_where=WAITING, postgresql_where=WAITING)

sent_messages = Table(
    "sent_messages",
    metadata,
    Column("key", KeyText, primary_key=True),
    Column("promotion_id", Uuid(), nullable=False, index=True),
    Column("channel", String(), nullable=False),
    Column("ts", String(), nullable=False),
    Column("digest", String(), nullable=False),
    Column("at", UtcDateTime(), nullable=False),
    Column("team", String(), nullable=False, server_default=""),
)

opened_homes = Table(
    "opened_homes",
    metadata,
    Column("team", KeyText, primary_key=True),
    Column("user", KeyText, primary_key=True),
    Column("person_id", Uuid(), _part_of("people.id"), nullable=False, index=True),
    Column("opened_at", UtcDateTime(), nullable=False, index=True),
    Column("digest", String(), nullable=False),
)
