"""What scanners name, VEX documents, waivers, and known exploited vulnerabilities."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.parts import COUNTED, KEY, MOMENT, index, primary, reference, unique

revision = "0003e"
down_revision = "0003d"


def upgrade() -> None:
    _scan_reports()
    op.create_table(
        "findings",
        sa.Column("report", COUNTED, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("vulnerability", sa.String(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("package", "package_version", "fixed_version", "source", "purl")
        ),
        sa.Column("targets", sa.JSON(), nullable=False),
        primary("findings", "report", "number"),
        reference("findings", "report", "scan_reports.sequence", "CASCADE"),
    )
    op.create_table(
        "vex_documents",
        sa.Column("sequence", COUNTED, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("statements", sa.JSON(), nullable=False),
        primary("vex_documents", "sequence"),
        unique("vex_documents", "id"),
        reference("vex_documents", "release_id", "releases.id"),
    )
    index("vex_documents", "release_id", "sequence")
    _waivers()
    _known_exploited()


def _scan_reports() -> None:
    op.add_column("scan_reports", sa.Column("scanner_key", KEY, nullable=False, server_default=""))
    op.add_column("scan_reports", sa.Column("format", sa.String(), nullable=False, server_default="counts"))
    op.add_column("scan_reports", sa.Column("digest", sa.String(), nullable=False, server_default=""))
    op.add_column("scan_reports", sa.Column("scanned_at", MOMENT))
    op.execute(sa.text("UPDATE scan_reports SET scanner_key = lower(scanner)"))


def _waivers() -> None:
    op.create_table(
        "waivers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vulnerability", sa.String(), nullable=False),
        sa.Column("vulnerability_key", KEY, nullable=False),
        sa.Column("package", sa.String(), nullable=False),
        sa.Column("component", KEY, nullable=False),
        sa.Column("environment_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("created_by_kind", sa.String(), nullable=False),
        sa.Column("created_by_id", sa.Uuid()),
        sa.Column("created_by_name", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.Column("revoked_by_kind", sa.String()),
        sa.Column("revoked_by_id", sa.Uuid()),
        sa.Column("revoked_by_name", sa.String()),
        sa.Column("revoked_because", sa.Text(), nullable=False),
        primary("waivers", "id"),
        reference("waivers", "environment_id", "environments.id"),
    )
    index("waivers", "component", "environment_id", "ends_at")
    index("waivers", "created_at", "id")


def _known_exploited() -> None:
    op.create_table(
        "known_exploited_catalogues",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("released_at", MOMENT),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        primary("known_exploited_catalogues", "id"),
    )
    op.create_table(
        "known_exploited",
        sa.Column("vulnerability", KEY, nullable=False),
        primary("known_exploited", "vulnerability"),
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back that keeps decisions and evidence: restore a backup instead")
