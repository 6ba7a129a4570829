"""Checkpoints (https://c2sp.org/tlog-checkpoint): a log's name, size and root hash, signed as a note."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from core.domain.moment import moment_text
from core.errors import InvalidError
from core.evidence.keyring import KeyRing
from core.evidence.log.merkle import HASH_BYTES
from core.evidence.log.notes import Note, NoteSignature, key_id, parse_note, signed_by
from core.evidence.public_key import PublicKeyRecord
from core.evidence.signing import strict_base64

MAX_SIZE = 2**53 - 1

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: `origin` names it for good, `size` counts its leaves, `root` is the tree's hash."""

    origin: str
    size: int
    root: bytes

    @property
    def root_text(self) -> str:
        """The root as people and JSON read it: base64."""
        return base64.b64encode(self.root).decode()

    @property
    def text(self) -> str:
        """The lines that are signed."""
        return f"{self.origin}\n{self.size}\n{self.root_text}\n"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint with the note that it was read from, or signed as; `key_ref` is the key that vouches for it."""

    checkpoint: Checkpoint
    note: Note
    key_ref: str


def decimal(text: str, what: str) -> int:
    """Read a number as checkpoints and proofs write it. Raises InvalidError for signs, blanks, leading zeroes."""
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_SIZE:
        raise InvalidError(f"{what} is {text[:40]!r}, not a decimal number without leading zeroes")
    return int(text)


def hash_of(text: str, what: str) -> bytes:
    """Read a hash in strict base64. Raises InvalidError."""
    try:
        read = strict_base64(text)
    except InvalidError as error:
        raise InvalidError(f"{what}: {error.message}") from error
    if len(read) != HASH_BYTES:
        raise InvalidError(f"{what} has {len(read)} bytes, not {HASH_BYTES}")
    return read


def checkpoint_of(note: Note) -> Checkpoint:
    """Read a note's text as a checkpoint. Extension lines may follow. Raises InvalidError."""
    lines = note.text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines):
        raise InvalidError("not a checkpoint: it has the log's name, its size and its root hash, one a line")
    return Checkpoint(lines[0], decimal(lines[1], "the tree size"), hash_of(lines[2], "the root hash"))


def signed(checkpoint: Checkpoint, signature: bytes, key: PublicKeyRecord) -> SignedCheckpoint:
    """Put the signature over a checkpoint's text under it, by the key `key`, under the log's own name."""
    line = NoteSignature(checkpoint.origin, key_id(key), signature)
    return SignedCheckpoint(checkpoint, Note(checkpoint.text, (line,)), key.key_ref)


def trusted_checkpoint(source: bytes, keys: KeyRing) -> SignedCheckpoint:
    """Read a checkpoint and require that a key of `keys` vouches for it.

    Raises InvalidError where it is none, where no known key has signed it under the log's name, where a signature of
    a known key is wrong, and where that key was revoked. A checkpoint has no date, so times of use cannot be held
    against it.
    """
    note = parse_note(source)
    checkpoint = checkpoint_of(note)
    vouching: list[PublicKeyRecord] = []
    for key in keys:
        verdict = signed_by(note, checkpoint.origin, key)
        if verdict is False:
            raise InvalidError(f"the checkpoint was not signed as it stands by {key.key_ref}")
        if verdict:
            vouching.append(key)
    if not vouching:
        raise InvalidError(f"none of the {len(keys)} known keys has signed the checkpoint as {checkpoint.origin!r}")
    for key in vouching:
        if key.revoked_at is None:
            return SignedCheckpoint(checkpoint, note, key.key_ref)
    revoked = vouching[0]
    at = moment_text(revoked.revoked_at) if revoked.revoked_at else ""
    raise InvalidError(f"the checkpoint is signed by {revoked.key_ref}, which was revoked on {at}")
