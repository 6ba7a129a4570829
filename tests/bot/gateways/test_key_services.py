"""Keys in Vault and in AWS KMS, spoken with by the real client libraries, against services on loopback."""

from __future__ import annotations

import asyncio
import subprocess
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from bot.gateways.remote_signers import RemoteSigner, remote_signer
from core.errors import SigningUnavailableError
from core.evidence.canonical import canonical
from core.evidence.signing import signature_is_valid
from tests.support.key_services import TOKEN, Answer, KeyService, key_service

URIS = {"vault": "hv:countersign/1"}
if find_spec("boto3"):  # large, so only where it was installed with the extra `awskms`
    URIS["aws"] = "awskms:alias/countersign"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[KeyService]:
    with key_service() as made:
        for name, value in {
            "VAULT_ADDR": made.url,
            "VAULT_TOKEN": TOKEN,
            "AWS_ENDPOINT_URL": made.url,
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_CONFIG_FILE": str(tmp_path / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            monkeypatch.setenv(name, value)
        yield made


def opened(service: KeyService, folder: Path, uri: str, version: int = 1) -> RemoteSigner:
    (folder / "public.pem").write_text(service.public_pem(version))
    return remote_signer(uri, str(folder / "public.pem"), "")


@pytest.mark.parametrize("uri", URIS.values(), ids=URIS)
async def test_what_it_signs_holds_for_openssl(service: KeyService, tmp_path: Path, uri: str) -> None:
    signer = opened(service, tmp_path, uri)
    content = canonical({"decision": "allow"})
    first, second = await signer.sign_all([content, b"another"])
    assert signature_is_valid(signer.public_key, second, b"another")
    (tmp_path / "content").write_bytes(content)
    (tmp_path / "signature").write_bytes(first)
    command = ["openssl", "dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "content"]
    done = await asyncio.to_thread(subprocess.run, command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.strip() == "Verified OK"
    signer.close()


@pytest.mark.parametrize("uri", URIS.values(), ids=URIS)
@pytest.mark.parametrize(
    "trouble",
    [
        (403, {"errors": ["permission denied"], "__type": "AccessDeniedException"}),
        (503, {"errors": ["Vault is sealed"], "__type": "KMSInternalException"}),
        (200, {"data": {"signature": "vault:v1:bm8="}, "Signature": "bm8="}),
        (200, {}),
    ],
    ids=["denied", "sealed", "no signature", "empty"],
)
async def test_what_does_not_sign_is_told_and_nothing_of_it_is_used(
    service: KeyService, tmp_path: Path, uri: str, trouble: Answer
) -> None:
    signer = opened(service, tmp_path, uri)
    service.trouble = trouble
    with pytest.raises(SigningUnavailableError):
        await signer.sign_all([b"decision"])
    service.trouble = None
    assert await signer.sign_all([b"decision"]), "and afterwards it signs again"
    signer.close()


@pytest.mark.parametrize("uri", URIS.values(), ids=URIS)
async def test_a_service_that_is_slow_is_not_waited_for(service: KeyService, tmp_path: Path, uri: str) -> None:
    (tmp_path / "public.pem").write_text(service.public_pem())
    signer = remote_signer(uri, str(tmp_path / "public.pem"), "")
    signer._timeout = 0.2  # the setting has no door of its own
    service.held = threading.Event()
    with pytest.raises(SigningUnavailableError, match="did not sign within"):
        await signer.sign_all([b"decision"])
    service.held.set()
    signer.close()


async def test_a_rotated_vault_key_signs_by_the_version_of_its_address_alone(
    service: KeyService, tmp_path: Path
) -> None:
    service.keys.append(ec.generate_private_key(ec.SECP256R1()))
    first = opened(service, tmp_path, "hv:countersign/1")
    assert await first.sign_all([b"decision"])
    second = opened(service, tmp_path, "hv:countersign/2", version=2)
    assert await second.sign_all([b"decision"])
    service.least_version = 2
    with pytest.raises(SigningUnavailableError):
        await first.sign_all([b"decision"])
    first.close()
    second.close()


@pytest.mark.parametrize(("uri", "other"), list(zip(URIS.values(), ("hv:other/1", "awskms:x"), strict=False)))
async def test_another_key_than_the_public_one_is_noticed(
    service: KeyService, tmp_path: Path, uri: str, other: str
) -> None:
    stranger = opened(service, tmp_path, other)
    with pytest.raises(SigningUnavailableError):
        await stranger.sign_all([b"decision"])
    signer = opened(service, tmp_path, uri)
    service.keys[0] = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(SigningUnavailableError, match="not valid under its public key"):
        await signer.sign_all([b"decision"])
    service.keys[0] = ec.generate_private_key(ec.SECP384R1())
    with pytest.raises(SigningUnavailableError, match="not valid under its public key"):
        await signer.sign_all([b"decision"])
    stranger.close()
    signer.close()
