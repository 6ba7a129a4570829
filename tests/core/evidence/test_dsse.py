from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from core.evidence.dsse import IN_TOTO, Envelope, enveloped, pre_authentication_encoding
from core.evidence.signing import LocalSigner, signature_is_valid
from tests.core.evidence.samples import SIGNER, STRANGER


@pytest.mark.parametrize(
    ("kind", "payload", "expected"),
    [
        ("", b"", b"DSSEv1 0  0 "),
        ("http://example.com/HelloWorld", b"hello world", b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"),
        ("ü", b"\0\xff", b"DSSEv1 2 \xc3\xbc 2 \0\xff"),
    ],
)
def test_lengths_are_of_bytes_and_stand_before_what_they_measure(kind: str, payload: bytes, expected: bytes) -> None:
    assert pre_authentication_encoding(kind, payload) == expected


def test_the_published_vector_is_encoded_and_signed_as_published(shared_data: Path) -> None:
    vector = json.loads((shared_data / "vectors" / "dsse" / "protocol_vector.json").read_text())
    payload = base64.b64decode(vector["payload"])
    signer = LocalSigner(ec.derive_private_key(int(vector["d"]), ec.SECP256R1()))

    envelope = enveloped(payload, signer, vector["payloadType"])

    assert pre_authentication_encoding(vector["payloadType"], payload) == vector["pae"].encode()
    point = signer.public_key.public_numbers()
    assert (point.x, point.y) == (int(vector["X"]), int(vector["Y"]))
    r, s = decode_dss_signature(base64.b64decode(envelope.signature))
    assert r.to_bytes(32) + s.to_bytes(32) == base64.b64decode(vector["sig_p1363_b64"])
    assert envelope.to_json()["payload"] == vector["payload"]


def test_the_key_of_the_reference_implementation_signs_for_us(shared_data: Path) -> None:
    pem = (shared_data / "vectors" / "dsse" / "pems" / "ecdsa_private.pem").read_bytes()
    signer = LocalSigner(load_pem_private_key(pem, None))

    signature = base64.b64decode(enveloped(b"{}", signer).signature)

    assert signature_is_valid(signer.public_key, signature, pre_authentication_encoding(IN_TOTO, b"{}"))


def test_an_envelope_is_written_as_the_specification_has_it() -> None:
    envelope = enveloped(b"{}", SIGNER)

    assert envelope.to_json() == {
        "payload": "e30=",
        "payloadType": "application/vnd.in-toto+json",
        "signatures": [{"keyid": SIGNER.key_ref, "sig": envelope.signature}],
    }


def test_envelopes_are_equal_whichever_signature_they_carry() -> None:
    mine = Envelope(payload=b"x", signature="a", signer_key_ref=SIGNER.key_ref)

    assert mine == Envelope(payload=b"x", signature="b", signer_key_ref=SIGNER.key_ref)
    assert mine != Envelope(payload=b"x", signature="a", signer_key_ref=STRANGER.key_ref)
