"""Evidence, the audit log, stored answers and leases in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.app.auditing import EVERYTHING, AuditFilter
from core.app.evidence_records import Sealed
from core.app.pages import Mark, Page, PageRequest
from core.app.ports import StoredAnswer
from core.domain.events import Action, Event
from core.errors import (
    ConflictError,
)
from core.evidence.envelope import EvidencePacket
from core.evidence.exports import Attestation
from core.evidence.public_key import PublicKeyRecord
from core.evidence.timestamp import Timestamp
from tests.support.memory.tables import Tables, paged


class MemoryEvidence:
    def __init__(self, tables: Tables) -> None:
        self._packets = tables.packets
        self._keys = tables.keys
        self._attestations = tables.attestations
        self._timestamps = tables.timestamps
        self._promotions = tables.promotions

    def of(self, promotion_id: UUID) -> EvidencePacket | None:
        return self._packets.get(promotion_id)

    def add(self, packet: EvidencePacket) -> None:
        if packet.promotion_id in self._packets:
            raise ConflictError("There is evidence of this decision already")
        self._packets[packet.promotion_id] = packet

    def add_attestation(self, attestation: Attestation) -> None:
        key = (attestation.packet_id, attestation.predicate_type)
        if key in self._attestations:
            raise ConflictError("That was attested already", packetId=str(attestation.packet_id))
        self._attestations[key] = attestation

    def attestations(self, packet_id: UUID) -> tuple[Attestation, ...]:
        mine = (each for each in self._attestations.values() if each.packet_id == packet_id)
        return tuple(sorted(mine, key=lambda each: each.predicate_type))

    def add_timestamp(self, timestamp: Timestamp) -> None:
        if timestamp.packet_id in self._timestamps:
            raise ConflictError("That was timestamped already", packetId=str(timestamp.packet_id))
        self._timestamps[timestamp.packet_id] = timestamp

    def timestamp(self, packet_id: UUID) -> Timestamp | None:
        return self._timestamps.get(packet_id)

    def among(self, packet_ids: Iterable[UUID]) -> Mapping[UUID, Sealed]:
        wanted = set(packet_ids)
        found = (packet for packet in self._packets.values() if packet.id in wanted)
        return {each.id: Sealed(each, self.attestations(each.id), self.timestamp(each.id)) for each in found}

    def unsealed(self, since: datetime, until: datetime) -> tuple[UUID, ...]:
        sealed = {packet.promotion_id for packet in self._packets.values() if packet.generated_at < until}
        asked = sorted((each.requested_at, each.id) for each in self._promotions.values())
        return tuple(id for at, id in asked if since <= at < until and id not in sealed)

    def key(self, key_ref: str) -> PublicKeyRecord | None:
        return self._keys.get(key_ref)

    def keys(self) -> tuple[PublicKeyRecord, ...]:
        return tuple(self._keys.values())

    def put_key(self, key: PublicKeyRecord) -> None:
        self._keys[key.key_ref] = key


class MemoryAudit:
    def __init__(self, entries: list[Event]) -> None:
        self._entries = entries

    def add(self, event: Event) -> None:
        self._entries.append(replace(event, sequence=len(self._entries) + 1))

    def page(self, request: PageRequest, wanted: AuditFilter = EVERYTHING) -> Page[Event]:
        return paged(self._matching(wanted), request, lambda each: Mark("audit_entries", each.at, each.sequence))

    def newest(self) -> Event | None:
        return self._entries[-1] if self._entries else None

    def of_actions(self, actions: Set[Action]) -> tuple[Event, ...]:
        return tuple(each for each in self._entries if each.action in actions)

    def _matching(self, wanted: AuditFilter) -> list[Event]:
        return [
            each
            for each in sorted(self._entries, key=lambda each: (each.at, each.sequence), reverse=True)
            if (not wanted.actions or each.action in wanted.actions)
            and wanted.subject_id in {None, each.subject_id}
            and wanted.actor_id in {None, each.actor.id}
            and (wanted.since is None or each.at >= wanted.since)
            and (wanted.until is None or each.at < wanted.until)
        ]

    def of(self, subject_id: UUID) -> tuple[Event, ...]:
        return tuple(each for each in self._entries if each.subject_id == subject_id)


class MemoryAnswers:
    def __init__(self, answers: dict[tuple[str, str], StoredAnswer]) -> None:
        self._answers = answers

    def get(self, owner: str, key: str) -> StoredAnswer | None:
        return self._answers.get((owner, key))

    def put(self, answer: StoredAnswer) -> None:
        self._answers[answer.owner, answer.key] = answer

    def forget(self, owner: str, key: str) -> None:
        self._answers.pop((owner, key), None)

    def forget_before(self, moment: datetime) -> int:
        old = [key for key, answer in self._answers.items() if answer.created_at < moment]
        for key in old:
            del self._answers[key]
        return len(old)


class MemoryLeases:
    def __init__(self, leases: dict[str, tuple[str, datetime]]) -> None:
        self._leases = leases

    def take(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        holds, ends = self._leases.get(name, (holder, now))
        if holds != holder and now < ends <= until + (until - now):
            return False
        self._leases[name] = (holder, until)
        return True
