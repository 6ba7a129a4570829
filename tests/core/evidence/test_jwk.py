from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import ECKey

from core.errors import InvalidError
from core.evidence.jwk import from_jwk, to_jwk
from tests.core.evidence.samples import SIGNER, STRANGER, record

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
ENDED = datetime(2027, 1, 1, tzinfo=UTC)


def test_another_library_reads_the_same_key_out_of_it() -> None:
    jwk = to_jwk(record())
    theirs = ECKey.import_key(jwk)

    assert theirs.as_pem(private=False).decode().strip() == SIGNER.public_key_pem.strip()
    assert (jwk["kid"], jwk["use"], jwk["alg"]) == (SIGNER.key_ref, "sig", "ES256")


def test_times_of_use_and_revocation_come_back() -> None:
    key = record(not_before=BEGAN, not_after=ENDED, revoked_at=ENDED, revocation_reason="laptop stolen")

    assert from_jwk(to_jwk(key), "key") == key
    assert from_jwk(to_jwk(record()), "key") == record()


def test_fractions_of_a_second_never_shorten_the_time_of_use() -> None:
    key = record(not_before=BEGAN.replace(microsecond=1), not_after=ENDED.replace(microsecond=1))

    assert from_jwk(to_jwk(key), "key").not_before == BEGAN
    assert from_jwk(to_jwk(key), "key").not_after == ENDED.replace(second=1)


def y_of(signer: Any) -> str:
    y: str = to_jwk(record(signer))["y"]
    return y


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"d": "AAAA"}, "keys[0].d"),
        ({"kty": "OKP"}, "keys[0].kty"),
        ({"alg": "none"}, "keys[0].alg"),
        ({"alg": "ES384"}, "keys[0].alg"),
        ({"use": "enc"}, "keys[0].use"),
        ({"kid": STRANGER.key_ref}, "keys[0].kid"),
        ({"kid": 7}, "keys[0].kid"),
        ({"y": y_of(STRANGER)}, "keys[0]"),
        ({"x": "AAAA"}, "keys[0].x"),
        ({"x": None}, "keys[0].x"),
        ({"y": y_of(SIGNER) + "="}, "keys[0].y"),
        ({"y": y_of(SIGNER)[:-1] + "\n"}, "keys[0].y"),
        ({"nbf": None}, "keys[0].nbf"),
        ({"exp": "1"}, "keys[0].exp"),
        ({"exp": True}, "keys[0].exp"),
        ({"exp": -1}, "keys[0].exp"),
        ({"exp": 2**52}, "keys[0].exp"),
        ({"revoked": None}, "keys[0].revoked"),
        ({"revoked": True}, "keys[0].revoked"),
        ({"revoked": {}}, "keys[0].revoked.revoked_at"),
        ({"revoked": {"revoked_at": 1, "reason": 5}}, "keys[0].revoked"),
    ],
)
def test_what_does_not_hold_together_is_refused_by_its_path(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        from_jwk(to_jwk(record()) | change, "keys[0]")

    assert caught.value.field == field


def test_a_second_spelling_of_a_coordinate_is_refused() -> None:
    x = to_jwk(record())["x"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spare_bit_set = x[:-1] + alphabet[alphabet.index(x[-1]) ^ 1]

    with pytest.raises(InvalidError, match="not 32 bytes in base64url"):
        from_jwk(to_jwk(record()) | {"x": spare_bit_set}, "keys[0]")
