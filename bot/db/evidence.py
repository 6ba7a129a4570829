"""Evidence packets and the public keys that verify them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select
from sqlalchemy import Row as TableRow

from bot.db import attestation_tables, tables
from bot.db.prepared import Prepared
from bot.db.statements import inserted, row_of, upsert
from core.app.evidence_records import Sealed
from core.errors import ConflictError
from core.evidence.envelope import EvidencePacket
from core.evidence.exports import Attestation
from core.evidence.public_key import PublicKeyRecord
from core.evidence.timestamp import Timestamp

_packets = tables.evidence_packets
_promotions = tables.promotions
_keys = tables.public_keys
_attestations = attestation_tables.attestations
_timestamps = attestation_tables.timestamps
_key_columns = [column for column in _keys.columns if column.name != "sequence"]
_KEY = Prepared(select(*_key_columns).where(_keys.c.key_ref == bindparam("ref")))


class Evidence:
    """Evidence of `core.app.ports`. The signed bytes are kept as bytes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, promotion_id: UUID) -> EvidencePacket | None:
        row = self._connection.execute(select(_packets).where(_packets.c.promotion_id == promotion_id)).one_or_none()
        return EvidencePacket(**_fields(row)) if row else None

    def add(self, packet: EvidencePacket) -> None:
        if not inserted(self._connection, _packets, row_of(_packets, packet)):
            raise ConflictError("There is evidence of this decision already", promotionId=str(packet.promotion_id))

    def add_attestation(self, attestation: Attestation) -> None:
        if not inserted(self._connection, _attestations, row_of(_attestations, attestation)):
            raise ConflictError("That was attested already", packetId=str(attestation.packet_id))

    def attestations(self, packet_id: UUID) -> tuple[Attestation, ...]:
        mine = select(_attestations).where(_attestations.c.packet_id == packet_id)
        rows = self._connection.execute(mine.order_by(_attestations.c.predicate_type))
        return tuple(Attestation(**_fields(row)) for row in rows)

    def add_timestamp(self, timestamp: Timestamp) -> None:
        if not inserted(self._connection, _timestamps, row_of(_timestamps, timestamp)):
            raise ConflictError("That was timestamped already", packetId=str(timestamp.packet_id))

    def timestamp(self, packet_id: UUID) -> Timestamp | None:
        row = self._connection.execute(select(_timestamps).where(_timestamps.c.packet_id == packet_id)).one_or_none()
        return Timestamp(**_fields(row)) if row else None

    def among(self, packet_ids: Iterable[UUID]) -> Mapping[UUID, Sealed]:
        wanted = list(packet_ids)
        stamps = select(_timestamps).where(_timestamps.c.packet_id.in_(wanted))
        stamped = {row.packet_id: Timestamp(**_fields(row)) for row in self._connection.execute(stamps)}
        attested: defaultdict[UUID, list[Attestation]] = defaultdict(list)
        statements = select(_attestations).where(_attestations.c.packet_id.in_(wanted))
        for row in self._connection.execute(statements.order_by(_attestations.c.predicate_type)):
            attested[row.packet_id].append(Attestation(**_fields(row)))
        packets = self._connection.execute(select(_packets).where(_packets.c.id.in_(wanted)))
        found = (EvidencePacket(**_fields(row)) for row in packets)
        return {each.id: Sealed(each, tuple(attested[each.id]), stamped.get(each.id)) for each in found}

    def unsealed(self, since: datetime, until: datetime) -> tuple[UUID, ...]:
        in_time = (_packets.c.promotion_id == _promotions.c.id, _packets.c.generated_at < until)
        wanted = select(_promotions.c.id).where(
            _promotions.c.requested_at >= since,
            _promotions.c.requested_at < until,
            ~select(_packets.c.id).where(*in_time).exists(),
        )
        oldest_first = wanted.order_by(_promotions.c.requested_at, _promotions.c.id)
        return tuple(self._connection.execute(oldest_first).scalars())

    def key(self, key_ref: str) -> PublicKeyRecord | None:
        row = _KEY.one(self._connection, ref=key_ref)
        return PublicKeyRecord(**row._asdict()) if row else None

    def keys(self) -> tuple[PublicKeyRecord, ...]:
        oldest_first = select(*_key_columns).order_by(_keys.c.sequence)
        return tuple(PublicKeyRecord(**_fields(row)) for row in self._connection.execute(oldest_first))

    def put_key(self, key: PublicKeyRecord) -> None:
        upsert(self._connection, _keys, ("key_ref",), row_of(_keys, key))


def _fields(row: TableRow[Any]) -> dict[str, Any]:
    return dict(row._mapping)
