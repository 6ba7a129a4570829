"""A small log with a signed checkpoint, its proofs, and its files, the same in every run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.domain.events import Action, Event
from core.domain.people import SYSTEM_REF
from core.evidence.envelope import EvidencePacket, seal
from core.evidence.log.checkpoints import Checkpoint, signed
from core.evidence.log.cosignatures import WitnessKey, cosigned_message
from core.evidence.log.entries import audit_entry, decision_entry
from core.evidence.log.examination import Known
from core.evidence.log.merkle import hashes_of, inclusion_path, root_of
from core.evidence.log.notes import NoteSignature
from core.evidence.log.proofs import LogProof
from core.evidence.log.tiles import bundles_of, packed, tiles_of
from core.evidence.signing import LocalSigner
from tests.core.evidence.log.oracle import Kept
from tests.core.evidence.samples import CONTENT, SIGNER, record, ring
from tests.support.clock import MORNING, nth_id

ORIGIN = "example.com/log"
SIZE = 300
"""Leaves: one whole tile and some more."""
PLACE = 7
"""The leaf that is the packet's."""


def packet_of(number: int) -> EvidencePacket:
    at = MORNING + timedelta(minutes=number)
    return seal(CONTENT, SIGNER, packet_id=nth_id(1000 + number), promotion_id=nth_id(1), generated_at=at)


def entry_at(index: int) -> bytes:
    if index % 50 == 3:
        details = {"name": f"policy-{index}", "digest": "sha256:" + "1" * 64}
        event = Event(Action.POLICY_UPDATED, MORNING, SYSTEM_REF, "cli", nth_id(index), details)
        return audit_entry(event).content
    return decision_entry(packet_of(index)).content


ENTRIES = [entry_at(index) for index in range(SIZE)]
TREE = Kept(ENTRIES)
PACKET = packet_of(PLACE)


def checkpoint_at(
    size: int = SIZE, tree: Kept = TREE, signer: LocalSigner = SIGNER, origin: str = ORIGIN, root: bytes = b""
) -> str:
    """The signed note for the first `size` leaves."""
    made = Checkpoint(origin, size, root or root_of(size, tree))
    return signed(made, signer.sign(made.text.encode()), record(signer)).note.to_text()


CHECKPOINT = checkpoint_at()


def proof_of(index: int = PLACE, size: int = SIZE, entry: bytes | None = None, **changes: Any) -> bytes:
    """The proof file of a leaf."""
    fields: dict[str, Any] = {
        "index": index,
        "hashes": hashes_of(inclusion_path(index, size), TREE),
        "checkpoint": checkpoint_at(size),
        "entry": ENTRIES[index] if entry is None else entry,
    }
    return LogProof(**(fields | changes)).to_text().encode()


def files_of(entries: list[bytes] = ENTRIES, **checkpoint: Any) -> dict[str, bytes]:
    """The log's folder."""
    tree = Kept(entries)
    files = {"checkpoint": checkpoint_at(len(entries), tree, **checkpoint).encode()}
    for tile in tiles_of(len(entries)):
        files[f"tile/{tile.path}"] = b"".join(tree.nodes[node] for node in tile.nodes())
    for bundle in bundles_of(len(entries)):
        files[f"tile/{bundle.path}"] = packed(entries[bundle.first : bundle.first + bundle.width])
    return files


def known(**changes: Any) -> Known:
    return Known(**({"keys": ring()} | changes))


class Witness:
    """Somebody who cosigns."""

    def __init__(self, name: str = "witness.example/w1", seed: int = 1) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.key = WitnessKey(name, self._key.public_key().public_bytes_raw())

    def line(self, text: str, seconds: int = 1_772_442_000) -> str:
        """The signature line over a checkpoint's text."""
        signature = seconds.to_bytes(8) + self._key.sign(cosigned_message(text, seconds))
        return NoteSignature(self.key.name, self.key.key_id, signature).line
