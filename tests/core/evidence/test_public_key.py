from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.errors import InvalidError
from core.evidence.public_key import PublicKeyRecord, p256_from_pem
from tests.core.evidence.samples import SIGNER, STRANGER, record


def test_a_record_made_of_a_key_bears_the_name_of_the_key() -> None:
    assert record().key_ref == SIGNER.key_ref
    assert record().public_key.public_numbers() == SIGNER.public_key.public_numbers()


def test_a_key_under_the_name_of_another_is_refused() -> None:
    with pytest.raises(InvalidError, match=f"{STRANGER.key_ref} stands under the name {SIGNER.key_ref}"):
        PublicKeyRecord(key_ref=SIGNER.key_ref, public_key_pem=STRANGER.public_key_pem)


def test_an_algorithm_that_we_cannot_check_is_refused() -> None:
    with pytest.raises(InvalidError, match="unknown algorithm 'none'"):
        replace(record(), algorithm="none")


@pytest.mark.parametrize("name", ["not_before", "not_after", "revoked_at"])
def test_naive_times_are_refused(name: str) -> None:
    times: dict[str, Any] = {name: datetime(2026, 1, 1)}  # noqa: DTZ001

    with pytest.raises(InvalidError, match="no time zone"):
        record(**times)


@pytest.mark.parametrize("kind", ["ecdsa_secp384r1", "ecdsa_secp521r1", "ed25519", "rsa"])
def test_keys_of_other_kinds_are_refused(shared_data: Path, kind: str) -> None:
    pem = (shared_data / "vectors" / "dsse" / "pems" / f"{kind}_public.pem").read_text()

    with pytest.raises(InvalidError, match="needs an EC key on P-256"):
        p256_from_pem(pem)


@pytest.mark.parametrize("pem", ["", "-----BEGIN PUBLIC KEY-----\nQUJD\n-----END PUBLIC KEY-----\n", "\ud83d"])
def test_what_is_no_pem_is_refused(pem: str) -> None:
    with pytest.raises(InvalidError, match="not a public key in PEM"):
        p256_from_pem(pem)
