"""Signed notes (https://c2sp.org/signed-note): text, a blank line, and signature lines.

A checkpoint is signed by ECDSA on P-256 (signature type 0x02): the key that signs evidence signs the log too, so there
is one public key to know, every KMS can hold it, and `openssl dgst -sha256 -verify` checks the text of the note.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.errors import InvalidError
from core.evidence.public_key import PublicKeyRecord
from core.evidence.signing import signature_is_valid, strict_base64

NOTE_LIMIT = 256 * 1024
"""Bytes; room for far more witnesses than any log has."""
SIGNATURES_LIMIT = 64

_ECDSA = b"\x02"
_LINE = re.compile("— ([^ ]+) ([A-Za-z0-9+/=]+)")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: the key's name, the four bytes that identify the key, and what it signed."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note, with its end."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"

    @classmethod
    def from_line(cls, line: str) -> NoteSignature:
        """Read a line without its end. Raises InvalidError."""
        match = _LINE.fullmatch(line)
        if match is None:
            raise InvalidError(f"{line[:80]!r} is not a signature line: an em dash, a key's name and base64")
        name, text = match.groups()
        require_key_name(name)
        signature = strict_base64(text)
        if len(signature) <= 4:
            raise InvalidError(f"the signature of {name} is too short")
        return cls(name, signature[:4], signature[4:])


@dataclass(frozen=True, slots=True)
class Note:
    """Text, which ends with its newline, and its signatures in the order of the file."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def to_text(self) -> str:
        """The note as it is served and stored."""
        return f"{self.text}\n{''.join(each.line for each in self.signatures)}"


def parse_note(source: bytes) -> Note:
    """Read a signed note. Nothing of it is to be believed yet. Raises InvalidError for any other form."""
    if len(source) > NOTE_LIMIT:
        raise InvalidError(f"a signed note has at most {NOTE_LIMIT} bytes, this has {len(source)}")
    try:
        whole = source.decode()
    except UnicodeDecodeError as error:
        raise InvalidError(f"not a signed note: byte {error.start + 1} is not UTF-8") from error
    if _CONTROL.search(whole):
        raise InvalidError("not a signed note: it has control characters")
    head, blank, tail = whole.rpartition("\n\n")
    if not blank or not head or not tail.endswith("\n"):
        raise InvalidError("not a signed note: it is text, a blank line, and signature lines that end with a newline")
    lines = tail.removesuffix("\n").split("\n")
    if len(lines) > SIGNATURES_LIMIT:
        raise InvalidError(f"a note has at most {SIGNATURES_LIMIT} signatures here, this has {len(lines)}")
    return Note(f"{head}\n", tuple(NoteSignature.from_line(line) for line in lines))


def require_key_name(name: str) -> None:
    """Raise InvalidError for a name that no key of a note may have: empty, or with a blank, plus or control in it."""
    if not name or any(each == "+" or each.isspace() or unicodedata.category(each)[0] in "ZC" for each in name):
        raise InvalidError(f"{name[:80]!r} is no name of a key: it has no blanks, no plus signs and no controls")


def key_id(key: PublicKeyRecord) -> bytes:
    """Return the four bytes by which notes name an ECDSA key: the beginning of SHA-256 over its DER (SPKI)."""
    return hashlib.sha256(_spki(key)).digest()[:4]


def verifier_key(name: str, key: PublicKeyRecord) -> str:
    """Return the key in the text form that tools for signed notes take (`NAME+ID+KEY`)."""
    return f"{name}+{key_id(key).hex()}+{base64.b64encode(_ECDSA + _spki(key)).decode()}"


def signed_by(note: Note, name: str, key: PublicKeyRecord) -> bool | None:
    """Whether the key, under that name, has signed the note; None where it does not claim so.

    One wrong signature outweighs a right one: it may not be there.
    """
    mine = [each for each in note.signatures if (each.name, each.key_id) == (name, key_id(key))]
    if not mine:
        return None
    return all(signature_is_valid(key.public_key, each.signature, note.text.encode()) for each in mine)


def _spki(key: PublicKeyRecord) -> bytes:
    return key.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
