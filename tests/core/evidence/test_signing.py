from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from core.errors import InvalidError
from core.evidence.public_key import p256_from_pem
from core.evidence.signing import LocalSigner, key_ref_of, signature_is_valid, strict_base64
from tests.core.evidence.samples import SIGNER, STRANGER

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def second_form(signature: bytes) -> bytes:
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, P256_ORDER - s)


def test_every_wycheproof_vector_is_judged_as_published(shared_data: Path) -> None:
    source = shared_data / "vectors" / "wycheproof" / "ecdsa_secp256r1_sha256_test.json"
    document = json.loads(source.read_text())
    judged, wrong = 0, []
    for group in document["testGroups"]:
        key = p256_from_pem(group["publicKeyPem"])
        for case in group["tests"]:
            judged += 1
            valid = signature_is_valid(key, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
            if valid != (case["result"] == "valid"):
                wrong.append((case["tcId"], case["comment"]))

    assert judged == document["numberOfTests"] > 400
    assert wrong == []


@given(st.binary())
def test_what_was_signed_verifies_under_that_key_and_no_other(message: bytes) -> None:
    signature = SIGNER.sign(message)

    assert signature_is_valid(SIGNER.public_key, signature, message)
    assert not signature_is_valid(STRANGER.public_key, signature, message)
    assert not signature_is_valid(SIGNER.public_key, signature, message + b"\0")


def test_signing_again_gives_the_same_signature_so_no_random_source_can_leak_the_key() -> None:
    assert SIGNER.sign(b"decision") == SIGNER.sign(b"decision")


def test_the_second_form_of_a_signature_is_valid_ecdsa_and_differs() -> None:
    signature = SIGNER.sign(b"decision")

    assert second_form(signature) != signature
    assert signature_is_valid(SIGNER.public_key, second_form(signature), b"decision")


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (ec.generate_private_key(ec.SECP384R1()), "secp384r1"),
        (ec.generate_private_key(ec.SECP256K1()), "secp256k1"),
        (ed25519.Ed25519PrivateKey.generate(), "Ed25519"),
        (rsa.generate_private_key(65537, 2048), "RSA"),
    ],
)
def test_only_keys_on_p256_sign(key: object, kind: str) -> None:
    with pytest.raises(InvalidError, match=kind):
        LocalSigner(key)  # type: ignore[arg-type]


def test_a_key_names_itself_by_its_rfc_7638_thumbprint() -> None:
    assert SIGNER.key_ref == "p256-" + ECKey.import_key(SIGNER.public_key_pem).thumbprint()[:22]
    assert key_ref_of(STRANGER.public_key) != SIGNER.key_ref


def test_a_signer_shows_its_name_and_nothing_of_its_key() -> None:
    assert repr(SIGNER) == f"LocalSigner({SIGNER.key_ref})"


@given(st.binary())
def test_standard_base64_is_read(content: bytes) -> None:
    assert strict_base64(base64.b64encode(content).decode()) == content


@pytest.mark.parametrize("text", ["QQ", "QQ=", "QR==", "QQ==\n", " QQ==", "Q Q==", "_-8=", "QQ==QQ==", "QQ===", "QÄ=="])
def test_every_other_spelling_of_base64_is_refused(text: str) -> None:
    with pytest.raises(InvalidError, match="not base64"):
        strict_base64(text)
