from __future__ import annotations

import base64
import hashlib
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.errors import InvalidError
from core.evidence.log.notes import (
    SIGNATURES_LIMIT,
    Note,
    NoteSignature,
    key_id,
    parse_note,
    require_key_name,
    signed_by,
    verifier_key,
)
from tests.core.evidence.log.samples import CHECKPOINT, ORIGIN
from tests.core.evidence.samples import SIGNER, STRANGER, record

PUBLISHED = """\
Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""  # noqa: E501 - the example of the specification


def test_the_published_example_is_read_and_written_as_it_is() -> None:
    note = parse_note(PUBLISHED.encode())
    assert note.text.endswith("ed è subito sera.\n"), "empty lines may be in the text; the last one ends it"
    (signature,) = note.signatures
    assert (signature.name, signature.key_id.hex(), len(signature.signature)) == (
        "quasimodo.example/salvatore",
        "367ba04b",
        64,
    )
    assert note.to_text() == PUBLISHED


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"text only\n",
        CHECKPOINT.encode()[:-1],
        CHECKPOINT.replace("\n\n", "\n").encode(),
        CHECKPOINT.replace("— ", "- ").encode(),
        CHECKPOINT.replace("— ", "—  ").encode(),
        CHECKPOINT.replace("— ", "—\t").encode(),
        CHECKPOINT.encode() + b"\n",
        CHECKPOINT.encode() + b"\xff\n",
        CHECKPOINT.replace("\n", "\r\n").encode(),
        CHECKPOINT.replace("=\n", "\n").encode(),
        ("text\n\n" + "— a AAAAAAA=\n" * (SIGNATURES_LIMIT + 1)).encode(),
        b"text\n\n\xe2\x80\x94 a AAAA\n",
        b"x" * 300_000,
    ],
)
def test_every_other_form_is_refused(broken: bytes) -> None:
    with pytest.raises(InvalidError):
        parse_note(broken)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\u2028b", "a\x7fb"])
def test_names_of_keys_have_no_blanks_and_no_plus(name: str) -> None:
    with pytest.raises(InvalidError):
        require_key_name(name)


def test_a_key_is_named_by_its_der_as_the_type_demands() -> None:
    der = SIGNER.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert key_id(record()) == hashlib.sha256(der).digest()[:4]
    name, number, key = verifier_key(ORIGIN, record()).split("+", 2)
    assert (name, number) == (ORIGIN, key_id(record()).hex())
    assert base64.b64decode(key) == b"\x02" + der


def test_whoever_claims_to_have_signed_must_have() -> None:
    note = parse_note(CHECKPOINT.encode())
    assert signed_by(note, ORIGIN, record()) is True
    assert signed_by(note, "example.com/other", record()) is None
    assert signed_by(note, ORIGIN, record(STRANGER)) is None
    assert signed_by(Note(f"{note.text}more\n", note.signatures), ORIGIN, record()) is False
    (right,) = note.signatures
    wrong = NoteSignature(right.name, right.key_id, right.signature[:-1] + bytes([right.signature[-1] ^ 1]))
    assert signed_by(Note(note.text, (right, wrong)), ORIGIN, record()) is False, "one wrong signature is one too many"


def test_openssl_checks_the_text_of_a_note(tmp_path: Path) -> None:
    note = parse_note(CHECKPOINT.encode())
    (tmp_path / "text").write_text(note.text)
    (tmp_path / "signature.der").write_bytes(note.signatures[0].signature)
    (tmp_path / "key.pem").write_text(SIGNER.public_key_pem)
    command = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature.der", "text"]
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.strip() == "Verified OK"
