"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.parts import COUNTED, KEY, MOMENT, check, index, only, primary, reference, unique

revision = "0001"
down_revision = None


def upgrade() -> None:
    _environments()
    _people()
    _tokens()
    _policies()
    _releases()
    _promotions()
    _promotion_indexes()
    _votes_and_deployments()
    _evidence()
    _audit_log()
    _outbox()
    _requests()


def downgrade() -> None:
    raise RuntimeError("There is no way back that keeps decisions and evidence: restore a backup instead")


def _environments() -> None:
    op.create_table(
        "environments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("source_environment_id", sa.Uuid()),
        sa.Column("require_sod", sa.Boolean(), nullable=False),
        sa.Column("slack_channel", sa.String(), nullable=False),
        sa.Column("gates", sa.JSON(), nullable=False),
        reference("environments", "source_environment_id", "environments.id"),
        primary("environments", "id"),
        unique("environments", "name_key"),
    )
    index("environments", "source_environment_id")
    op.create_table(
        "freeze_windows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        primary("freeze_windows", "id"),
        unique("freeze_windows", "name_key"),
    )
    op.create_table(
        "freeze_window_environments",
        sa.Column("freeze_window_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("environment_id", sa.Uuid(), nullable=False),
        reference("freeze_window_environments", "environment_id", "environments.id"),
        reference("freeze_window_environments", "freeze_window_id", "freeze_windows.id", ondelete="CASCADE"),
        primary("freeze_window_environments", "freeze_window_id", "position"),
    )
    index("freeze_window_environments", "environment_id")


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        primary("people", "id"),
        unique("people", "email_key"),
    )
    index("people", "name_key")
    index("people", "roles", **only("roles != ''"))
    op.create_table(
        "slack_accounts",
        sa.Column("team", KEY, nullable=False),
        sa.Column("user", KEY, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("blocked_by", sa.String(), nullable=False),
        reference("slack_accounts", "person_id", "people.id"),
        primary("slack_accounts", "team", "user"),
    )
    index("slack_accounts", "person_id")


def _tokens() -> None:
    op.create_table(
        "service_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        primary("service_accounts", "id"),
        unique("service_accounts", "name_key"),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("service_id", sa.Uuid()),
        sa.Column("scopes", sa.JSON()),
        sa.Column("expires_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        check("tokens", "one_owner", "(person_id IS NULL) <> (service_id IS NULL)"),
        reference("tokens", "person_id", "people.id"),
        reference("tokens", "service_id", "service_accounts.id"),
        primary("tokens", "id"),
        unique("tokens", "digest"),
    )
    index("tokens", "person_id")
    index("tokens", "service_id")


def _policies() -> None:
    op.create_table(
        "approver_groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("slack_usergroup", sa.String(), nullable=False),
        primary("approver_groups", "id"),
        unique("approver_groups", "name_key"),
    )
    op.create_table(
        "approver_group_members",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        reference("approver_group_members", "group_id", "approver_groups.id", ondelete="CASCADE"),
        reference("approver_group_members", "person_id", "people.id"),
        primary("approver_group_members", "group_id", "person_id"),
    )
    index("approver_group_members", "person_id")
    op.create_table(
        "approval_policies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("environment_id", sa.Uuid(), nullable=False),
        sa.Column("required_approvals", sa.Integer(), nullable=False),
        sa.Column("require_separation_of_duties", sa.Boolean(), nullable=False),
        sa.Column("auto_expire_hours", sa.Integer()),
        reference("approval_policies", "environment_id", "environments.id"),
        primary("approval_policies", "id"),
        unique("approval_policies", "name_key"),
    )
    index("approval_policies", "environment_id")
    op.create_table(
        "approval_policy_groups",
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        reference("approval_policy_groups", "group_id", "approver_groups.id"),
        reference("approval_policy_groups", "policy_id", "approval_policies.id", ondelete="CASCADE"),
        primary("approval_policy_groups", "policy_id", "position"),
    )
    index("approval_policy_groups", "group_id")


def _releases() -> None:
    op.create_table(
        "releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("component", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("artifacts", sa.JSON(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("source_ref", sa.String(), nullable=False),
        primary("releases", "id"),
        unique("releases", "name_key"),
    )
    index("releases", "created_at", "id")
    op.create_table(
        "scan_reports",
        sa.Column("sequence", COUNTED, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("scanner", sa.String(), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("critical", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.Column("medium", sa.Integer(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        reference("scan_reports", "release_id", "releases.id"),
        primary("scan_reports", "sequence"),
        unique("scan_reports", "id"),
    )
    index("scan_reports", "release_id", "sequence")


def _promotions() -> None:
    op.create_table(
        "promotions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("release_name", sa.String(), nullable=False),
        sa.Column("component", sa.String(), nullable=False),
        sa.Column("source_environment_id", sa.Uuid()),
        sa.Column("source_environment_name", sa.String(), nullable=False),
        sa.Column("target_environment_id", sa.Uuid(), nullable=False),
        sa.Column("target_environment_name", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by_kind", sa.String(), nullable=False),
        sa.Column("requested_by_id", sa.Uuid()),
        sa.Column("requested_by_name", sa.String(), nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("policies", sa.JSON(), nullable=False),
        sa.Column("separation_of_duties", sa.Boolean(), nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("status", KEY, nullable=False),
        sa.Column("gates", sa.JSON(), nullable=False),
        sa.Column("evaluated_at", MOMENT),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by_kind", sa.String()),
        sa.Column("decided_by_id", sa.Uuid()),
        sa.Column("decided_by_name", sa.String(), nullable=False),
        sa.Column("close_reason", sa.String()),
        sa.Column("close_comment", sa.Text(), nullable=False),
        sa.Column("external_url", sa.Text(), nullable=False),
        sa.Column("deployment_message", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        check("promotions", "open_or_decided", "(decided_at IS NULL) = (status IN ('awaiting_approval', 'pending'))"),
        reference("promotions", "release_id", "releases.id"),
        reference("promotions", "source_environment_id", "environments.id"),
        reference("promotions", "target_environment_id", "environments.id"),
        primary("promotions", "id"),
    )


def _promotion_indexes() -> None:
    op.create_index("ix_promotions_due", "promotions", ["expires_at", "id"], **only("decided_at IS NULL"))
    index("promotions", "release_id", "requested_at", "id")
    index("promotions", "requested_at", "id")
    index("promotions", "requested_by_id", "requested_at", "id")
    index("promotions", "status", "requested_at", "id")
    index("promotions", "target_environment_id", "requested_at", "id")
    index("promotions", "target_environment_id", "status", "requested_at", "id")
    op.create_index(
        "uq_promotions_open",
        "promotions",
        ["release_id", "target_environment_id"],
        unique=True,
        **only("status IN ('awaiting_approval', 'pending')"),
    )


def _votes_and_deployments() -> None:
    op.create_table(
        "votes",
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        reference("votes", "person_id", "people.id"),
        reference("votes", "promotion_id", "promotions.id"),
        primary("votes", "promotion_id", "person_id"),
    )
    op.create_table(
        "deployments",
        sa.Column("sequence", COUNTED, nullable=False),
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("environment_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("external_url", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        reference("deployments", "environment_id", "environments.id"),
        reference("deployments", "promotion_id", "promotions.id"),
        reference("deployments", "release_id", "releases.id"),
        primary("deployments", "sequence"),
    )
    index("deployments", "environment_id", "release_id", "sequence")
    index("deployments", "environment_id", "status", "sequence")
    index("deployments", "promotion_id", "sequence")


def _evidence() -> None:
    op.create_table(
        "evidence_packets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("signer_key_ref", sa.String(), nullable=False),
        sa.Column("generated_at", MOMENT, nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("signature_algorithm", sa.String(), nullable=False),
        reference("evidence_packets", "promotion_id", "promotions.id"),
        primary("evidence_packets", "id"),
        unique("evidence_packets", "promotion_id"),
    )
    op.create_table(
        "public_keys",
        sa.Column("sequence", COUNTED, nullable=False),
        sa.Column("key_ref", KEY, nullable=False),
        sa.Column("public_key_pem", sa.Text(), nullable=False),
        sa.Column("not_before", MOMENT),
        sa.Column("not_after", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.Column("revocation_reason", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        primary("public_keys", "sequence"),
        unique("public_keys", "key_ref"),
    )


def _audit_log() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("sequence", COUNTED, nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("correlation_id", sa.String(), nullable=False),
        primary("audit_entries", "sequence"),
    )
    index("audit_entries", "subject_id", "sequence")


def _outbox() -> None:
    op.create_table(
        "outbox_entries",
        sa.Column("key", KEY, nullable=False),
        sa.Column("errand", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("correlation_id", sa.String(), nullable=False),
        primary("outbox_entries", "key"),
    )
    index("outbox_entries", "due_at", **only("due_at IS NOT NULL"))
    op.create_table(
        "sent_messages",
        sa.Column("key", KEY, nullable=False),
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        primary("sent_messages", "key"),
    )
    index("sent_messages", "promotion_id")


def _requests() -> None:
    op.create_table(
        "stored_answers",
        sa.Column("owner", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        primary("stored_answers", "owner", "key"),
    )
    index("stored_answers", "created_at")
    op.create_table(
        "leases",
        sa.Column("name", KEY, nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        primary("leases", "name"),
    )
