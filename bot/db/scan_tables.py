"""The part of the schema that is about findings: what scanners name, what speaks against it, what is exploited."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, SmallInteger, String, Table, Text, Uuid

from bot.db.columns import Document, KeyText, Sequence, UtcDateTime
from bot.db.tables import REFERS_AS, metadata

findings = Table(
    "findings",
    metadata,
    Column("report", Sequence, ForeignKey("scan_reports.sequence", ondelete="CASCADE"), primary_key=True),
    # From 0, the worst first.
    Column("number", Integer(), primary_key=True, autoincrement=False),
    Column("vulnerability", String(), nullable=False),
    # core.domain.findings.Severity.rank
    Column("severity", SmallInteger(), nullable=False),
    Column("package", String(), nullable=False),
    Column("package_version", String(), nullable=False),
    Column("fixed_version", String(), nullable=False),
    Column("source", String(), nullable=False),
    Column("purl", String(), nullable=False),
    Column("targets", Document, nullable=False),
)

vex_documents = Table(
    "vex_documents",
    metadata,
    Column("sequence", Sequence, primary_key=True),
    Column("id", Uuid(), nullable=False, unique=True),
    Column("release_id", Uuid(), ForeignKey("releases.id", ondelete="RESTRICT"), nullable=False),
    Column("format", String(), nullable=False),
    Column("author", String(), nullable=False),
    Column("digest", String(), nullable=False),
    Column("submitted_at", UtcDateTime(), nullable=False),
    Column("submitted_by", String(), nullable=False),
    Column("statements", Document, nullable=False),
    Index("ix_vex_documents_release_id_sequence", "release_id", "sequence"),
)

waivers = Table(
    "waivers",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("vulnerability", String(), nullable=False),
    Column("vulnerability_key", KeyText, nullable=False),
    Column("package", String(), nullable=False),
    Column("component", KeyText, nullable=False),
    Column("environment_id", Uuid(), ForeignKey("environments.id", ondelete="RESTRICT"), nullable=False),
    Column("reason", Text(), nullable=False),
    Column("ends_at", UtcDateTime(), nullable=False),
    Column("created_by_kind", String(), nullable=False),
    Column("created_by_id", Uuid()),
    Column("created_by_name", String(), nullable=False),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("revoked_at", UtcDateTime()),
    Column("revoked_by_kind", String()),
    Column("revoked_by_id", Uuid()),
    Column("revoked_by_name", String()),
    Column("revoked_because", Text(), nullable=False),
    Index("ix_waivers_component_environment_id_ends_at", "component", "environment_id", "ends_at"),
    Index("ix_waivers_created_at_id", "created_at", "id"),
    info={REFERS_AS: "a waiver"},
)

known_exploited_catalogues = Table(
    "known_exploited_catalogues",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("version", String(), nullable=False),
    Column("released_at", UtcDateTime()),
    Column("digest", String(), nullable=False),
    Column("imported_at", UtcDateTime(), nullable=False),
    Column("imported_by", String(), nullable=False),
    Column("count", Integer(), nullable=False),
)

known_exploited = Table(
    "known_exploited",
    metadata,
    Column("vulnerability", KeyText, primary_key=True),
)
