"""The public keys that evidence may be signed with: where a verifier finds key and algorithm.

They are looked up by the packet's `signerKeyRef`, and nothing else in a packet has a say in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from core.errors import InvalidError
from core.evidence.jwk import from_jwk, to_jwk
from core.evidence.public_key import PublicKeyRecord
from core.strict_json import strict_json

_PEM_BLOCK = re.compile(r"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----\n?", re.DOTALL)


class KeyRing:
    """Public keys by name. Raises InvalidError where a name is there twice."""

    def __init__(self, records: Iterable[PublicKeyRecord] = ()) -> None:
        self._records: dict[str, PublicKeyRecord] = {}
        for record in records:
            if record.key_ref in self._records:
                raise InvalidError(f"the key {record.key_ref} is there twice")
            self._records[record.key_ref] = record

    def __iter__(self) -> Iterator[PublicKeyRecord]:
        return iter(self._records.values())

    def __len__(self) -> int:
        return len(self._records)

    def get(self, key_ref: str) -> PublicKeyRecord | None:
        """Return the key of that name, whether or not it may be used now."""
        return self._records.get(key_ref)

    def to_jwks(self) -> dict[str, Any]:
        """Return the set as `GET /.well-known/jwks.json` answers it."""
        return {"keys": [to_jwk(record) for record in self]}

    def to_pem(self) -> str:
        """Return all keys in PEM, one after the other; PEM has no place for times of use and revocation."""
        return "".join(record.public_key_pem for record in self)

    @classmethod
    def load(cls, source: bytes) -> KeyRing:
        """Read a JWKS or a PEM file, whichever it is. Raises InvalidError that says what is wrong with it."""
        if b"PRIVATE KEY-----" in source:
            raise InvalidError("this is a private key; nobody needs it to verify", hint="Use the exported public key.")
        return cls.from_jwks(source) if source.lstrip().startswith(b"{") else cls.from_pem(source)

    @classmethod
    def from_pem(cls, source: bytes) -> KeyRing:
        """Read one or more public keys in PEM; their times of use are unknown, so unlimited."""
        blocks = _PEM_BLOCK.findall(source.decode(errors="replace"))
        if not blocks:
            raise InvalidError("no public key in it", hint='A PEM file has a line "-----BEGIN PUBLIC KEY-----".')
        return cls(PublicKeyRecord.from_pem(block) for block in blocks)

    @classmethod
    def from_jwks(cls, source: bytes) -> KeyRing:
        """Read a JWKS with times of use and revocations; keys of other kinds in it are left out (RFC 7517, 5)."""
        document = strict_json(source)
        keys = document.get("keys") if isinstance(document, dict) else None
        if not isinstance(keys, list) or not all(isinstance(jwk, dict) for jwk in keys):
            raise InvalidError('not a JWKS: it has no list "keys" of objects', field="keys")
        return cls(from_jwk(jwk, f"keys[{i}]") for i, jwk in enumerate(keys) if jwk.get("crv") == "P-256")
