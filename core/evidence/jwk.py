"""Public keys as JSON Web Keys (RFC 7517), with their times of use.

Times of use travel as `nbf` and `exp`, a revocation as `revoked` (OpenID Federation 1.0, historical keys).
"""

from __future__ import annotations

import base64
import math
import re
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from core.errors import InvalidError
from core.evidence.public_key import PublicKeyRecord
from core.evidence.signing import jwk_members, key_ref_of, pem_of

_EXPECTED = (("kty", "EC"), ("use", "sig"), ("alg", "ES256"))


def to_jwk(record: PublicKeyRecord) -> dict[str, Any]:
    """Return the key as JWK (RFC 7517); times in whole seconds, never shorter than they are."""
    jwk: dict[str, Any] = {**jwk_members(record.public_key), "kid": record.key_ref, "use": "sig", "alg": "ES256"}
    if record.not_before:
        jwk["nbf"] = math.floor(record.not_before.timestamp())
    if record.not_after:
        jwk["exp"] = math.ceil(record.not_after.timestamp())
    if record.revoked_at:
        jwk["revoked"] = {"revoked_at": math.floor(record.revoked_at.timestamp()), "reason": record.revocation_reason}
    return jwk


def from_jwk(jwk: dict[str, Any], path: str) -> PublicKeyRecord:
    """Read one key that stands at `path`.

    Raises InvalidError with the path of the offending member: a private key, a point beside the curve, a second
    spelling of a coordinate, a name that is not the key's own, times that are none.
    """
    if "d" in jwk:
        raise InvalidError(f"{path} is a private key; nobody needs it to verify", field=f"{path}.d")
    for name, expected in _EXPECTED:
        if jwk.get(name, expected) != expected:
            raise InvalidError(f"{path}.{name} is {jwk[name]!r}, not {expected!r}", field=f"{path}.{name}")
    key = _point(jwk, path)
    if jwk.get("kid", key_ref_of(key)) != key_ref_of(key):
        raise InvalidError(f"{path} holds the key {key_ref_of(key)} under another name", field=f"{path}.kid")
    revoked_at, reason = _revocation(jwk, f"{path}.revoked")
    return PublicKeyRecord.from_pem(
        pem_of(key),
        not_before=_moment(jwk, "nbf", path) if "nbf" in jwk else None,
        not_after=_moment(jwk, "exp", path) if "exp" in jwk else None,
        revoked_at=revoked_at,
        revocation_reason=reason,
    )


def _point(jwk: dict[str, Any], path: str) -> ec.EllipticCurvePublicKey:
    x, y = (_coordinate(jwk.get(name), f"{path}.{name}") for name in ("x", "y"))
    try:
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except ValueError as error:
        raise InvalidError(f"{path} is no point on P-256", field=path) from error


def _coordinate(text: object, path: str) -> int:
    """Read 32 bytes of unpadded base64url; every other spelling is refused."""
    if isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9_-]{43}", text):
        decoded = base64.urlsafe_b64decode(text + "=")
        if base64.urlsafe_b64encode(decoded).decode().rstrip("=") == text:
            return int.from_bytes(decoded)
    raise InvalidError(f"{path} is not 32 bytes in base64url", field=path)


def _revocation(jwk: dict[str, Any], path: str) -> tuple[datetime | None, str]:
    if "revoked" not in jwk:
        return None, ""
    revoked = jwk["revoked"]
    reason = revoked.get("reason", "") if isinstance(revoked, dict) else None
    if not isinstance(reason, str):
        raise InvalidError(f"{path} is not an object with revoked_at and reason", field=path)
    return _moment(revoked, "revoked_at", path), reason


def _moment(members: dict[str, Any], name: str, path: str) -> datetime:
    seconds = members.get(name)
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds < 2**33:
        raise InvalidError(f"{path}.{name} is not a time in whole seconds since 1970", field=f"{path}.{name}")
    return datetime.fromtimestamp(seconds, UTC)
