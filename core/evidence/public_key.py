"""A public key that evidence may be signed with, under the name that it gives itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from core.domain.moment import moment_text
from core.errors import InvalidError
from core.evidence.signing import ALGORITHM, key_ref_of, kind_of, pem_of


@dataclass(frozen=True, kw_only=True)
class PublicKeyRecord:
    """A public key and when it may sign: from `not_before` until `not_after`, each unlimited where None.

    `revoked_at` ends all trust, for packets from before it too: who stole the key can write any date.
    Raises InvalidError for a key that is not on P-256, for a `key_ref` that is not the key's own and for naive times.
    """

    key_ref: str
    public_key_pem: str
    not_before: datetime | None = None
    not_after: datetime | None = None
    revoked_at: datetime | None = None
    revocation_reason: str = ""
    algorithm: str = ALGORITHM

    def __post_init__(self) -> None:
        own_ref = key_ref_of(self.public_key)
        if self.key_ref != own_ref:
            raise InvalidError(f"the key {own_ref} stands under the name {self.key_ref}", field="keyRef")
        if self.algorithm != ALGORITHM:
            raise InvalidError(f"unknown algorithm {self.algorithm!r}; known is {ALGORITHM}", field="algorithm")
        for moment in (self.not_before, self.not_after, self.revoked_at):
            if moment is not None and moment.tzinfo is None:
                raise InvalidError(f"the time {moment.isoformat()} of key {own_ref} has no time zone")

    @classmethod
    def from_pem(cls, pem: str, **times: Any) -> PublicKeyRecord:
        """Make a record of a public key in PEM under its own name; `times` are the record's other fields."""
        key = p256_from_pem(pem)
        return cls(key_ref=key_ref_of(key), public_key_pem=pem_of(key), **times)

    def refusal_at(self, moment: datetime) -> str:
        """Return why the key may not have signed at that moment, by its name; empty where it may."""
        if self.revoked_at is not None:
            why = f": {self.revocation_reason}" if self.revocation_reason else ""
            return f"the key {self.key_ref} was revoked on {moment_text(self.revoked_at)}{why}"
        if self.not_before is not None and moment < self.not_before:
            return f"the use of the key {self.key_ref} began on {moment_text(self.not_before)}"
        if self.not_after is not None and moment >= self.not_after:
            return f"the use of the key {self.key_ref} ended on {moment_text(self.not_after)}"
        return ""

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The key, ready to verify with."""
        return p256_from_pem(self.public_key_pem)


def p256_from_pem(pem: str) -> ec.EllipticCurvePublicKey:
    """Return the P-256 key in `pem` (SubjectPublicKeyInfo). Raises InvalidError for anything else."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InvalidError("not a public key in PEM") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise InvalidError(f"the key is {kind_of(key)}; {ALGORITHM} needs an EC key on P-256")
    return key
