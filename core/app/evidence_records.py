"""What is kept as evidence: packets, what was signed about them for other tools, and the keys that verify them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.evidence.envelope import EvidencePacket
from core.evidence.exports import Attestation
from core.evidence.public_key import PublicKeyRecord
from core.evidence.timestamp import Timestamp


@dataclass(frozen=True, slots=True)
class Sealed:
    """A packet with everything that is kept beside it."""

    packet: EvidencePacket
    attestations: tuple[Attestation, ...] = ()
    timestamp: Timestamp | None = None


class Evidence(Protocol):
    """Evidence packets and the public keys that verify them."""

    def of(self, promotion_id: UUID) -> EvidencePacket | None:
        """The packet of a promotion's decision."""
        ...

    def add(self, packet: EvidencePacket) -> None:
        """Store a packet; a promotion has at most one."""
        ...

    def add_attestation(self, attestation: Attestation) -> None:
        """Store what was signed about a stored packet beside it; a packet has one of each predicate type."""
        ...

    def attestations(self, packet_id: UUID) -> tuple[Attestation, ...]:
        """What was signed about a packet, by predicate type."""
        ...

    def add_timestamp(self, timestamp: Timestamp) -> None:
        """Store the timestamp of a stored packet; a packet has at most one."""
        ...

    def timestamp(self, packet_id: UUID) -> Timestamp | None:
        """The timestamp of a packet, once there is one."""
        ...

    def among(self, packet_ids: Iterable[UUID]) -> Mapping[UUID, Sealed]:
        """Those packets, by id, each with what is kept beside it; what is not there is left out."""
        ...

    def unsealed(self, since: datetime, until: datetime) -> tuple[UUID, ...]:
        """The promotions that were requested from `since` until `until` and had no packet by then, oldest first."""
        ...

    def key(self, key_ref: str) -> PublicKeyRecord | None:
        """The key of that name."""
        ...

    def keys(self) -> tuple[PublicKeyRecord, ...]:
        """All keys that have ever signed, oldest first."""
        ...

    def put_key(self, key: PublicKeyRecord) -> None:
        """Store a key, or the changed times of one that is known."""
        ...
