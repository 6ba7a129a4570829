from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.errors import InvalidError
from core.evidence.canonical import canonical
from core.evidence.envelope import PACKET_FIELDS, seal
from core.evidence.signing import strict_base64
from tests.core.evidence.samples import CONTENT, SIGNER, as_answered, sealed
from tests.support.clock import nth_id

README_EXTRACTION = r"""sed -n 's/^  "content": \(.*\),$/\1/p' packet.json | tr -d '\n' > content.json"""


def test_the_api_object_has_the_fields_of_the_api_document_in_their_order() -> None:
    packet = as_answered(sealed())

    assert list(packet) == [
        "id", "type", "version", "content", "contentHash", "signature", "signatureAlgorithm", "signerKeyRef",
        "generatedAt",
    ]  # fmt: skip
    assert set(packet) == PACKET_FIELDS
    assert (packet["type"], packet["version"]) == ("release_decision", "1.0")
    assert packet["signatureAlgorithm"] == "ECDSA-P256-SHA256"
    assert packet["generatedAt"] == "2026-03-02T09:00:00Z"


def test_content_is_what_was_given_and_the_outer_fields() -> None:
    assert sealed().content == CONTENT | {
        "packetId": str(nth_id(7)),
        "type": "release_decision",
        "version": "1.0",
        "signerKeyRef": SIGNER.key_ref,
        "generatedAt": "2026-03-02T09:00:00Z",
    }


def test_the_file_holds_the_signed_bytes_verbatim() -> None:
    packet = sealed()

    assert as_answered(packet)["content"] == packet.content
    assert packet.to_file().count(packet.canonical) == 1


def test_signed_bytes_are_never_written_again_from_a_parsed_copy() -> None:
    spaced = json.dumps(sealed().content).encode()

    assert spaced in replace(sealed(), canonical=spaced).to_file()


def test_content_that_brings_a_field_of_the_seal_itself_is_refused() -> None:
    with pytest.raises(InvalidError, match="signerKeyRef, which only sealing may set"):
        sealed(CONTENT | {"signerKeyRef": "p256-mine"})


def test_naive_times_and_unsignable_content_are_refused() -> None:
    with pytest.raises(InvalidError, match="no time zone"):
        seal(CONTENT, SIGNER, packet_id=nth_id(7), promotion_id=nth_id(1), generated_at=datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(InvalidError, match=re.escape("gates[0].score is a float")):
        sealed({"gates": [{"score": 1.5}]})


def test_a_signature_is_not_part_of_what_a_packet_is() -> None:
    assert replace(sealed(), signature="another valid one") == sealed()
    assert hash(replace(sealed(), signature="another valid one")) == hash(sealed())
    assert replace(sealed(), content_hash="sha256:00") != sealed()


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=20, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    (tmp_path / "packet.json").write_bytes(sealed().to_file())
    (tmp_path / "key.pem").write_text(SIGNER.public_key_pem)
    (tmp_path / "signature.der").write_bytes(strict_base64(sealed().signature))
    return tmp_path


OPENSSL = ("openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature.der", "content.json")


def test_openssl_alone_accepts_what_a_shell_takes_out_of_the_file(folder: Path) -> None:
    assert run(folder, "sh", "-c", README_EXTRACTION).returncode == 0

    assert (folder / "content.json").read_bytes() == sealed().canonical
    assert run(folder, *OPENSSL).stdout == "Verified OK\n"
    assert "sha256:" + hashlib.sha256((folder / "content.json").read_bytes()).hexdigest() == sealed().content_hash


@pytest.mark.parametrize("place", [0, 100, -1])
def test_openssl_refuses_after_one_changed_byte(folder: Path, place: int) -> None:
    changed = bytearray(sealed().canonical)
    changed[place] ^= 1
    (folder / "content.json").write_bytes(changed)

    assert run(folder, *OPENSSL).returncode == 1


def test_openssl_accepts_the_api_answer_written_canonically_by_whoever_reads_it(folder: Path) -> None:
    answer: dict[str, Any] = json.loads(json.dumps(as_answered(sealed()), indent=4))
    (folder / "content.json").write_bytes(canonical(answer["content"]))

    assert run(folder, *OPENSSL).stdout == "Verified OK\n"
