"""The public keys."""

from __future__ import annotations

from typing import Literal

from bot.api.schemas.base import Shown, example


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
