"""What the leaves of the log are made of: one JSON object each, as RFC 8785 writes it.

A decision's leaf holds nothing that its evidence packet does not hold, so whoever has the packet can work the leaf out:

    {"at": generatedAt, "contentHash": ..., "packetId": ..., "type": "release_decision", "version": "1"}

The signature is left out on purpose: a second valid one of the same content can be made, the content's hash cannot.
Everything else (policies, groups, environments, keys, exceptions) is the audit entry itself, of the type `audit_entry`,
without e-mail addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.domain.events import UNLOGGED_DETAILS, Event
from core.domain.moment import moment_text
from core.errors import InvalidError
from core.evidence.canonical import canonical
from core.evidence.envelope import PACKET_TYPE, EvidencePacket
from core.evidence.log.tiles import ENTRY_LIMIT

ENTRY_VERSION = "1"
AUDIT_TYPE = "audit_entry"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One leaf: its bytes, the packet (or the subject of the audit entry) by which it is found, and when it was."""

    subject_id: UUID
    at: datetime
    content: bytes

    def __post_init__(self) -> None:
        if len(self.content) > ENTRY_LIMIT:
            raise InvalidError(f"an entry of the log has at most {ENTRY_LIMIT} bytes, this one {len(self.content)}")


def decision_entry(packet: EvidencePacket) -> LogEntry:
    """The leaf of a decision."""
    return logged_decision(packet.id, packet.content_hash, packet.generated_at)


def logged_decision(packet_id: UUID, content_hash: str, generated_at: datetime) -> LogEntry:
    """The leaf of the decision with that packet."""
    content = {
        "at": moment_text(generated_at),
        "contentHash": content_hash,
        "packetId": str(packet_id),
        "type": PACKET_TYPE,
        "version": ENTRY_VERSION,
    }
    return LogEntry(packet_id, generated_at, canonical(content))


def audit_entry(event: Event) -> LogEntry:
    """The leaf of an audit entry. Raises InvalidError for details that cannot be made canonical."""
    content = {
        "action": event.action.value,
        "actor": {
            "kind": event.actor.kind.value,
            "id": str(event.actor.id) if event.actor.id else None,
            "name": event.actor.name,
        },
        "at": moment_text(event.at),
        "details": {name: value for name, value in event.details.items() if name not in UNLOGGED_DETAILS},
        "door": event.door,
        "subjectId": str(event.subject_id),
        "type": AUDIT_TYPE,
        "version": ENTRY_VERSION,
    }
    return LogEntry(event.subject_id, event.at, canonical(content))
