"""The public keys: as JWKS, and with their state in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import Field

from bot.api.schemas.base import Shown, example
from core.app.keys import KeyState, KeyView


class Key(Shown):
    """A public key. `nbf` and `exp` are its time of use in Unix seconds; `revoked` says since when and why."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: str
    y: str
    kid: str
    use: Literal["sig"]
    alg: Literal["ES256"]


class KeySet(Shown):
    """All keys that have ever signed evidence."""

    model_config = example(
        keys=[
            {
                "kty": "EC",
                "crv": "P-256",
                "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                "kid": "p256-oKIywvGUpTVTyxMQ3bwIIe",
                "use": "sig",
                "alg": "ES256",
                "nbf": 1767225600,
            }
        ]
    )

    keys: list[Key]


class SigningKey(Shown):
    """A key that signs evidence, or did. Never removed, because what it signed must stay checkable."""

    model_config = example(
        keyRef="p256-oKIywvGUpTVTyxMQ3bwIIe",
        algorithm="ECDSA-P256-SHA256",
        publicKeyPem="-----BEGIN PUBLIC KEY-----\nMFkwEwYH...\n-----END PUBLIC KEY-----\n",
        notBefore="2026-01-01T00:00:00Z",
        notAfter=None,
        revokedAt=None,
        revocationReason="",
        state="in_use",
    )

    key_ref: str = Field(description="The `signerKeyRef` of packets, the `kid` in the JWKS.")
    algorithm: Literal["ECDSA-P256-SHA256"]
    public_key_pem: str
    not_before: datetime | None
    not_after: datetime | None = Field(description="What it signs from then on is not valid.")
    revoked_at: datetime | None = Field(description="Nothing that it signed, at whatever time, is valid any more.")
    revocation_reason: str
    state: KeyState


class SigningKeys(Shown):
    """All signing keys, oldest first."""

    data: list[SigningKey]


def signing_keys_of(views: Iterable[KeyView]) -> SigningKeys:
    return SigningKeys(data=[SigningKey(**vars(view.key), state=view.state) for view in views])
