"""The part of the schema that is about what stands beside a packet: statements for other tools, a timestamp."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table, Uuid

from bot.db.columns import KeyText, UtcDateTime
from bot.db.tables import metadata

attestations = Table(
    "attestations",
    metadata,
    Column("packet_id", Uuid(), ForeignKey("evidence_packets.id", ondelete="RESTRICT"), primary_key=True),
    Column("predicate_type", KeyText, primary_key=True),
    Column("payload_type", String(), nullable=False),
    Column("payload", LargeBinary(), nullable=False),
    Column("signature", String(), nullable=False),
    Column("signer_key_ref", String(), nullable=False),
)

timestamps = Table(
    "timestamps",
    metadata,
    Column("packet_id", Uuid(), ForeignKey("evidence_packets.id", ondelete="RESTRICT"), primary_key=True),
    Column("response", LargeBinary(), nullable=False),
    Column("stamped_at", UtcDateTime(), nullable=False),
    Column("authority", String(), nullable=False),
)
