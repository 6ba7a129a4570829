from __future__ import annotations

import json
import os
import stat
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.gateways.key_files import (
    KEY_SETTING,
    PASSPHRASE_SETTING,
    KeyFileError,
    create_key_file,
    development_key,
    exposure,
    load_key_file,
    read_public_keys,
)
from core.evidence.keyring import KeyRing
from core.evidence.public_key import PublicKeyRecord
from core.evidence.signing import signature_is_valid


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "signing.pem"


def refusal(path: Path, passphrase: str | None = None) -> KeyFileError:
    with pytest.raises(KeyFileError) as caught:
        load_key_file(path, passphrase=passphrase)
    assert caught.value.hint
    assert caught.value.field == KEY_SETTING
    return caught.value


def test_a_key_that_was_made_is_the_one_that_is_loaded(path: Path) -> None:
    made = create_key_file(path)
    loaded = load_key_file(path)

    assert loaded.key_ref == made.key_ref
    assert signature_is_valid(made.public_key, loaded.sign(b"decision"), b"decision")


def test_only_the_owner_may_read_it_and_no_draft_stays(path: Path) -> None:
    create_key_file(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert exposure(path) is None
    assert [entry.name for entry in path.parent.iterdir()] == ["signing.pem"]


def test_a_key_is_never_overwritten(path: Path) -> None:
    create_key_file(path)
    before = path.read_bytes()

    with pytest.raises(KeyFileError, match="exists") as caught:
        create_key_file(path)
    assert "never overwritten" in caught.value.hint
    assert path.read_bytes() == before
    assert len(list(path.parent.iterdir())) == 1


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(KeyFileError, match="cannot be written"):
        create_key_file(tmp_path / "file" / "signing.pem")


def test_an_encrypted_key_opens_with_its_passphrase_alone(path: Path) -> None:
    made = create_key_file(path, passphrase="pässphrase")

    assert b"ENCRYPTED" in path.read_bytes()
    assert load_key_file(path, passphrase="pässphrase").key_ref == made.key_ref
    assert PASSPHRASE_SETTING in refusal(path).hint
    assert "the passphrase does not open" in refusal(path, "wrong").message
    assert "wrong" not in refusal(path, "wrong").message


def test_a_passphrase_for_a_key_that_is_not_encrypted_is_refused(path: Path) -> None:
    create_key_file(path)

    assert "is not encrypted" in refusal(path, "passphrase").message


def test_a_missing_file_says_how_to_make_a_key(path: Path) -> None:
    error = refusal(path)

    assert str(path) in error.message
    assert "countersign key create" in error.hint


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path).message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read every file")
def test_an_unreadable_file_is_refused(path: Path) -> None:
    create_key_file(path)
    path.chmod(0)

    assert "cannot be read" in refusal(path).message


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("ecdsa_secp384r1_private", "secp384r1"),
        ("ecdsa_secp521r1_private", "secp521r1"),
        ("ed25519_private", "Ed25519"),
        ("rsa_private", "RSA"),
        ("ecdsa_public", "public key, which cannot sign"),
    ],
)
def test_keys_that_cannot_sign_evidence_are_refused(shared_data: Path, name: str, complaint: str) -> None:
    assert complaint in refusal(shared_data / "vectors" / "dsse" / "pems" / f"{name}.pem").message


@pytest.mark.parametrize("content", [b"", b"hello", b"-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key.pem").write_bytes(content)

    assert "not a private key" in refusal(tmp_path / "key.pem").message


@pytest.mark.parametrize(
    "command",
    [
        ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        ["openssl", "ecparam", "-name", "prime256v1", "-genkey"],
    ],
)
def test_keys_made_by_openssl_are_loaded(tmp_path: Path, command: list[str]) -> None:
    try:
        made = subprocess.run(command, capture_output=True, timeout=20, check=True).stdout
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    (tmp_path / "key.pem").write_bytes(made)

    assert load_key_file(tmp_path / "key.pem").key_ref.startswith("p256-")


@pytest.mark.parametrize(("mode", "exposed"), [(0o600, False), (0o440, False), (0o644, True), (0o602, True)])
def test_a_key_that_everybody_may_read_is_loaded_with_a_warning(path: Path, mode: int, exposed: bool) -> None:
    create_key_file(path)
    path.chmod(mode)

    with capture_logs() as logs:
        load_key_file(path)
    assert [entry["log_level"] for entry in logs] == (["warning"] if exposed else [])
    assert bool(exposure(path)) == exposed


def test_a_development_key_is_made_loudly_once_and_used_again(path: Path) -> None:
    with capture_logs() as logs:
        made = development_key(path)
        again = development_key(path)

    assert again.key_ref == made.key_ref
    assert [(entry["log_level"], entry["key_ref"]) for entry in logs] == [("warning", made.key_ref)]
    assert KEY_SETTING in logs[0]["fix"]


def test_of_programs_that_start_at_once_all_use_the_same_development_key(path: Path) -> None:
    refs: list[str] = []
    threads = [threading.Thread(target=lambda: refs.append(development_key(path).key_ref)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refs) == 8
    assert len(set(refs)) == 1


def test_a_development_key_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(KeyFileError, match="cannot be written"):
        development_key(tmp_path / "file" / "signing.pem")


def test_nothing_of_the_private_key_is_logged(path: Path) -> None:
    with capture_logs() as logs:
        development_key(path)
        path.chmod(0o644)
        development_key(path)
    secret = "".join(path.read_text().splitlines()[1:-1])

    assert logs and not any(secret[:20] in str(entry) for entry in logs)


@pytest.fixture
def keys(path: Path) -> KeyRing:
    return KeyRing([PublicKeyRecord.from_pem(create_key_file(path).public_key_pem)])


def test_public_keys_are_read_from_jwks_and_pem(tmp_path: Path, keys: KeyRing) -> None:
    for content in (keys.to_pem(), json.dumps(keys.to_jwks())):
        (tmp_path / "public").write_text(content)
        assert list(read_public_keys(tmp_path / "public")) == list(keys)


def test_a_file_without_public_keys_is_named_with_what_is_wrong(tmp_path: Path, path: Path, keys: Any) -> None:
    (tmp_path / "empty").write_text("")

    for wrong, complaint in (
        (tmp_path / "empty", "no public key"),
        (path, "private key"),
        (tmp_path / "no", "not exist"),
    ):
        with pytest.raises(KeyFileError, match=complaint) as caught:
            read_public_keys(wrong)
        assert str(wrong) in caught.value.message
        assert caught.value.hint
