"""Keys elsewhere: what comes back is checked, what is slow or broken is said, and SoftHSM signs by PKCS#11."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.gateways.key_files import KeyFileError
from bot.gateways.remote_signers import EXTRAS, RemoteSigner, is_elsewhere, remote_signer
from core.errors import UnavailableError
from core.evidence.signing import signature_is_valid
from tests.core.evidence.samples import SIGNER, STRANGER
from tests.core.evidence.test_signing import second_form
from tests.support.softhsm import PIN, SoftHsm


@dataclass
class Made:
    """What a driver gives."""

    signature: str


class Driver:
    """A driver that does as it is told."""

    def __init__(self, answer: str | Exception | threading.Event = "") -> None:
        self.answer = answer

    def sign(self, payload: bytes) -> Made:
        if isinstance(self.answer, Exception):
            raise self.answer
        if isinstance(self.answer, threading.Event):
            self.answer.wait(30)
        return Made(self.answer if isinstance(self.answer, str) and self.answer else SIGNER.sign(payload).hex())


def remote(answer: str | Exception | threading.Event = "", **given: float) -> RemoteSigner:
    return RemoteSigner(Driver(answer), SIGNER.public_key_pem, **given)  # type: ignore[arg-type]


async def test_messages_are_signed_in_their_order() -> None:
    signer = remote()
    messages = [b"%d" % number for number in range(20)]

    signatures = await signer.sign_all(messages)

    assert signer.key_ref == SIGNER.key_ref
    assert all(signature_is_valid(SIGNER.public_key, *pair) for pair in zip(signatures, messages, strict=True))
    signer.close()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (OSError("pulled out"), "does not sign .OSError"),
        ("not hex", "does not sign .ValueError"),
        (STRANGER.sign(b"decision").hex(), "not valid under its public key"),
        (SIGNER.sign(b"another").hex(), "not valid under its public key"),
        ("00" * 64, "not valid under its public key"),
    ],
)
async def test_what_is_no_signature_of_that_key_is_refused(answer: str | Exception, said: str) -> None:
    signer = remote(answer)
    with pytest.raises(UnavailableError, match=said) as refused:
        await signer.sign_all([b"decision"])

    assert refused.value.params == {"keyRef": SIGNER.key_ref}
    assert "pulled out" not in str(refused.value), "what a driver says stays in the log"


async def test_a_second_form_of_the_signature_is_as_good() -> None:
    other = second_form(SIGNER.sign(b"decision"))

    assert await remote(other.hex()).sign_all([b"decision"]) == [other]


async def test_a_key_that_does_not_answer_in_time_is_not_waited_for() -> None:
    released = threading.Event()
    signer = remote(released, timeout=0.05)
    with pytest.raises(UnavailableError, match=r"did not sign within 0\.05 seconds"):
        await asyncio.wait_for(signer.sign_all([b"decision"]), 10)
    released.set()
    signer.close()


def test_a_key_elsewhere_is_known_by_its_address() -> None:
    assert all(is_elsewhere(f"{scheme}:x") for scheme in EXTRAS)
    assert not any(is_elsewhere(key) for key in ("", "key.pem", "file:key.pem", "C:/key.pem", "/etc/hsm:2"))


def test_the_public_half_is_needed_and_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="public key of hsm:2 is not set"):
        remote_signer("hsm:2", "", PIN)
    with pytest.raises(KeyFileError, match="No such file"):
        remote_signer("hsm:2", str(tmp_path / "none.pem"), PIN)
    (tmp_path / "bad.pem").write_text("nonsense")
    with pytest.raises(KeyFileError, match="not a public key in PEM"):
        remote_signer("hsm:2", str(tmp_path / "bad.pem"), PIN)


@pytest.mark.parametrize("scheme", ["gcpkms", "azurekms"])
def test_what_is_not_installed_is_named(scheme: str, tmp_path: Path) -> None:
    (tmp_path / "public.pem").write_text(SIGNER.public_key_pem)
    with pytest.raises(KeyFileError) as refused:
        remote_signer(f"{scheme}:name/1", str(tmp_path / "public.pem"), "")

    assert refused.value.hint == f"pip install 'countersign-bot[{EXTRAS[scheme]}]'"


async def test_softhsm_signs_by_pkcs11(softhsm: SoftHsm) -> None:
    signer = remote_signer(softhsm.uri, str(softhsm.public_key_file), PIN)
    messages = [b"decision %d" % number for number in range(5)]

    signatures = await signer.sign_all(messages)

    assert all(signature_is_valid(signer.public_key, *pair) for pair in zip(signatures, messages, strict=True))
    signer.close()


async def test_a_wrong_pin_a_missing_token_and_another_public_key_are_noticed(softhsm: SoftHsm, tmp_path: Path) -> None:
    (tmp_path / "other.pem").write_text(STRANGER.public_key_pem)
    for uri, public, pin in (
        (softhsm.uri, softhsm.public_key_file, "9999"),
        ("hsm:2?label=elsewhere", softhsm.public_key_file, PIN),
        ("hsm:7?label=countersign", softhsm.public_key_file, PIN),
        (softhsm.uri, tmp_path / "other.pem", PIN),
    ):
        signer = remote_signer(uri, str(public), pin)
        with pytest.raises(UnavailableError):
            await signer.sign_all([b"decision"])
        signer.close()
