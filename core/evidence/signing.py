"""Signatures by ECDSA on P-256 with SHA-256, and keys that name themselves.

A signature is never an id: for each (r, s) the pair (r, n-s) is a second valid signature of the same bytes. What
identifies a packet is its content hash.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.errors import InvalidError

ALGORITHM = "ECDSA-P256-SHA256"

_COORDINATE_BYTES = 32
_REF_LENGTH = 22  # 132 bits of the thumbprint: short enough to read aloud, too long to be met by chance or by search


class Signer(Protocol):
    """Whatever can sign for one key: a key in memory, and later a KMS, an HSM or Vault."""

    @property
    def key_ref(self) -> str:
        """The `signerKeyRef` under which the public key is registered."""

    def sign(self, message: bytes) -> bytes:
        """Return the DER-encoded ECDSA P-256 signature of the SHA-256 of `message`."""


class LocalSigner:
    """Signs with a private key held in memory.

    Raises InvalidError for a key that is not an elliptic-curve key on P-256.
    """

    def __init__(self, private_key: PrivateKeyTypes) -> None:
        if not isinstance(private_key, ec.EllipticCurvePrivateKey) or not isinstance(private_key.curve, ec.SECP256R1):
            raise InvalidError(f"the signing key is {kind_of(private_key)}; {ALGORITHM} needs an EC key on P-256")
        self._private_key = private_key
        self.public_key = private_key.public_key()
        self.key_ref = key_ref_of(self.public_key)

    def sign(self, message: bytes) -> bytes:
        """Sign deterministically (RFC 6979), so that no signature depends on a good random source."""
        return self._private_key.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True))

    @property
    def public_key_pem(self) -> str:
        """The public key as SubjectPublicKeyInfo in PEM, for `openssl dgst -verify`."""
        return pem_of(self.public_key)

    def __repr__(self) -> str:
        return f"LocalSigner({self.key_ref})"


def signature_is_valid(public_key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    """Whether `signature`, in strict DER, was made over `message` by the owner of `public_key`."""
    try:
        public_key.verify(signature, message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def key_ref_of(public_key: ec.EllipticCurvePublicKey) -> str:
    """Return the name that a P-256 key gives itself: `p256-` and the beginning of its RFC 7638 thumbprint."""
    members = json.dumps(jwk_members(public_key), sort_keys=True, separators=(",", ":"))
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(members.encode()).digest()).decode()
    return f"p256-{thumbprint[:_REF_LENGTH]}"


def jwk_members(public_key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """Return the members that make a P-256 public key in JSON (RFC 7518, 6.2.1)."""
    point = public_key.public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": _coordinate(point.x), "y": _coordinate(point.y)}


def pem_of(public_key: ec.EllipticCurvePublicKey) -> str:
    """Return the key as SubjectPublicKeyInfo in PEM."""
    return public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def kind_of(key: object) -> str:
    """Say what sort of key this is, for an error message."""
    if isinstance(key, ec.EllipticCurvePublicKey | ec.EllipticCurvePrivateKey):
        return f"an EC key on {key.curve.name}"
    return f"an {type(key).__name__}"


def strict_base64(text: str) -> bytes:
    """Return what `text` encodes in standard base64 (RFC 4648, 4).

    Raises InvalidError for line breaks, the URL alphabet, missing padding, and spare bits that are not zero: two
    texts never mean the same bytes.
    """
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidError(f"not base64: {error}") from error
    if base64.b64encode(decoded).decode() != text:
        raise InvalidError("not base64 as it is written by the standard: the last character has spare bits set")
    return decoded


def _coordinate(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(_COORDINATE_BYTES)).rstrip(b"=").decode()
