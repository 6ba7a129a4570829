"""Witness cosignatures (https://c2sp.org/tlog-cosignature): Ed25519, version 1.

A witness says that, at a time, this was the largest tree it had seen of the log, and that it began with all that it had
seen before. Who holds two witnesses' word cannot be shown another history than they were.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core.errors import InvalidError
from core.evidence.log.notes import Note, NoteSignature, require_key_name

_TYPE = b"\x04"
_TIMESTAMP_BYTES, _SIGNATURE_BYTES, _KEY_BYTES = 8, 64, 32
_LAST_SECOND = 253_402_300_799  # the year 9999, with which Python's times end


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness's name and Ed25519 public key."""

    name: str
    public_key: bytes

    @classmethod
    def from_text(cls, text: str) -> WitnessKey:
        """Read `NAME+ID+KEY`, as witnesses publish it. Raises InvalidError that says what is wrong."""
        name, *rest = text.split("+", 2)
        require_key_name(name)
        if len(rest) != 2:
            raise InvalidError(f"the witness key {text[:80]!r} is not NAME+ID+KEY")
        try:
            raw = base64.b64decode(rest[1], validate=True)
        except (binascii.Error, ValueError) as error:
            raise InvalidError(f"the key of witness {name} is not base64") from error
        if raw[:1] != _TYPE or len(raw) != 1 + _KEY_BYTES:
            raise InvalidError(f"the key of witness {name} is not an Ed25519 key for cosignatures (type 4)")
        key = cls(name, raw[1:])
        if rest[0] != key.key_id.hex():
            raise InvalidError(f"the key of witness {name} has the id {key.key_id.hex()}, not {rest[0][:20]!r}")
        return key

    @property
    def key_id(self) -> bytes:
        """The four bytes by which notes name the key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _TYPE + self.public_key).digest()[:4]

    def to_text(self) -> str:
        """The key as `from_text` reads it."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_TYPE + self.public_key).decode()}"

    def cosigned_at(self, signature: NoteSignature, text: str) -> datetime | None:
        """When this witness has cosigned a checkpoint's text; None where the signature is not this witness's."""
        if (signature.name, signature.key_id) != (self.name, self.key_id):
            return None
        if len(signature.signature) != _TIMESTAMP_BYTES + _SIGNATURE_BYTES:
            return None
        seconds = int.from_bytes(signature.signature[:_TIMESTAMP_BYTES])
        try:
            key = Ed25519PublicKey.from_public_bytes(self.public_key)
            key.verify(signature.signature[_TIMESTAMP_BYTES:], cosigned_message(text, seconds))
        except (InvalidSignature, ValueError):
            return None
        return datetime.fromtimestamp(seconds, UTC) if seconds <= _LAST_SECOND else None


def cosigned_message(text: str, seconds: int) -> bytes:
    """Return what a witness signs: a header, the time, and the checkpoint's text."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def cosigners(note: Note, witnesses: tuple[WitnessKey, ...]) -> tuple[tuple[WitnessKey, datetime], ...]:
    """Which of these witnesses have cosigned the note, each once, and when."""
    found: dict[WitnessKey, datetime] = {}
    for witness in witnesses:
        for signature in note.signatures:
            if at := witness.cosigned_at(signature, note.text):
                found.setdefault(witness, at)
    return tuple(found.items())
