from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import KeySet

from core.errors import InvalidError
from core.evidence.keyring import KeyRing
from core.evidence.signing import LocalSigner
from tests.core.evidence.samples import SIGNER, STRANGER, record, ring
from tests.support.clock import MORNING

BOTH = KeyRing([record(SIGNER, not_before=MORNING), record(STRANGER, revoked_at=MORNING, revocation_reason="lost")])


def jwks(keys: KeyRing) -> bytes:
    return json.dumps(keys.to_jwks()).encode()


def test_keys_are_found_by_name_whether_usable_or_not() -> None:
    found = BOTH.get(STRANGER.key_ref)

    assert found and found.revocation_reason == "lost"
    assert BOTH.get("p256-unknown") is None
    assert len(BOTH) == 2


def test_a_name_is_there_once() -> None:
    with pytest.raises(InvalidError, match="there twice"):
        KeyRing([record(), record()])


def test_a_jwks_file_brings_everything_back() -> None:
    assert list(KeyRing.load(b"\n " + jwks(BOTH))) == list(BOTH)


def test_another_library_reads_the_jwks() -> None:
    theirs = KeySet.import_key_set(BOTH.to_jwks())  # type: ignore[arg-type]

    assert [key.kid for key in theirs.keys] == [SIGNER.key_ref, STRANGER.key_ref]


def test_pem_brings_back_the_keys_without_their_times() -> None:
    assert list(KeyRing.load(b"# our keys\r\n" + BOTH.to_pem().encode())) == list(ring(SIGNER, STRANGER))
    assert list(KeyRing.load(BOTH.to_pem().replace("\n", "\r\n").encode())) == list(ring(SIGNER, STRANGER))


def test_keys_of_other_kinds_in_a_jwks_are_left_out() -> None:
    other = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}

    assert len(KeyRing.load(json.dumps({"keys": [other, {"kty": "RSA"}, *ring().to_jwks()["keys"]]}).encode())) == 1


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        (b"", "no public key"),
        (b"\xff\xfe", "no public key"),
        (b"-----BEGIN CERTIFICATE-----", "no public key"),
        (b"-----BEGIN EC PRIVATE KEY-----", "private key"),
        (b"{", "not JSON"),
        (b'{"keys": [], "keys": []}', "twice"),
        (b'{"keys": {}}', "not a JWKS"),
        (b'{"keys": [1]}', "not a JWKS"),
        (b'{"kty": "EC"}', "not a JWKS"),
    ],
)
def test_what_holds_no_keys_is_refused_with_the_reason(source: bytes, complaint: str) -> None:
    with pytest.raises(InvalidError, match=complaint):
        KeyRing.load(source)


def test_a_jwks_that_is_a_list_or_names_a_key_twice_is_refused() -> None:
    with pytest.raises(InvalidError, match="not a JWKS"):
        KeyRing.from_jwks(b"[]")
    with pytest.raises(InvalidError, match="there twice"):
        KeyRing.from_jwks(json.dumps({"keys": ring().to_jwks()["keys"] * 2}).encode())


def bits(source: bytes) -> st.SearchStrategy[int]:
    return st.integers(0, len(source) * 8 - 1)


def flipped(source: bytes, bit: int) -> bytes:
    changed = bytearray(source)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def keys_in(source: bytes) -> list[LocalSigner]:
    try:
        return [signer for signer in (SIGNER, STRANGER) if KeyRing.load(source).get(signer.key_ref)]
    except InvalidError:
        return []


@given(bits(ring().to_pem().encode()))
def test_a_flipped_bit_in_a_pem_file_never_makes_another_key_of_it(bit: int) -> None:
    changed = flipped(ring().to_pem().encode(), bit)

    for signer in keys_in(changed):
        key = KeyRing.load(changed).get(signer.key_ref)
        assert key and key.public_key.public_numbers() == signer.public_key.public_numbers()


@given(bits(jwks(ring())))
def test_a_flipped_bit_in_a_jwks_never_makes_another_key_of_it(bit: int) -> None:
    changed = flipped(jwks(ring()), bit)

    for signer in keys_in(changed):
        key = KeyRing.load(changed).get(signer.key_ref)
        assert key and key.public_key.public_numbers() == signer.public_key.public_numbers()
