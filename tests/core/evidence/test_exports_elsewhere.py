"""Exports, judged by tools that are not ours: openssl, securesystemslib, and Sigstore's own verifier."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer._key import SSlibKey

from core.domain.export_format import ExportFormat
from core.evidence.dsse import pre_authentication_encoding
from tests.core.evidence.decisions import document
from tests.core.evidence.samples import SIGNER, STRANGER
from tests.support.node import node_path
from tests.support.requirement import unavailable
from tests.support.shared_data import ROOT

SIGSTORE = ROOT / ".cache" / "sigstore"
ENVELOPES = (ExportFormat.DSSE, ExportFormat.INTOTO_SVR)


def key(signer: object = SIGNER) -> SSlibKey:
    """The public key as securesystemslib has it, under our name."""
    pem = (STRANGER if signer is STRANGER else SIGNER).public_key_pem
    return SSlibKey(SIGNER.key_ref, "ecdsa", "ecdsa-sha2-nistp256", {"public": pem})


@pytest.mark.parametrize("form", ENVELOPES)
def test_securesystemslib_verifies_the_envelope(form: ExportFormat) -> None:
    envelope = Envelope.from_dict(document(form))

    assert envelope.verify([key()], 1).keys() == {SIGNER.key_ref}
    with pytest.raises(VerificationError):
        envelope.verify([key(STRANGER)], 1)
    envelope.payload += b" "
    with pytest.raises(VerificationError):
        envelope.verify([key()], 1)


@pytest.mark.parametrize("form", ENVELOPES)
def test_openssl_verifies_the_envelope(form: ExportFormat, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        unavailable("openssl", "openssl is not installed")
    envelope = document(form)
    payload = base64.b64decode(envelope["payload"])
    (tmp_path / "signed").write_bytes(pre_authentication_encoding(envelope["payloadType"], payload))
    (tmp_path / "signature").write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
    (tmp_path / "key.pem").write_text(SIGNER.public_key_pem)
    command = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "signed"]

    good = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True, timeout=30)
    (tmp_path / "signed").write_bytes(b"DSSEv1 0  0 ")
    bad = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True, timeout=30)

    assert (good.returncode, good.stdout) == (0, "Verified OK\n"), good.stderr
    assert bad.returncode == 1


def sigstore(bundle: object, folder: Path, signer_pem: str = SIGNER.public_key_pem) -> subprocess.CompletedProcess[str]:
    node = node_path()
    if node is None or not (SIGSTORE / "installed.json").exists():
        unavailable("sigstore", "Sigstore's verifier is not installed: ./run test installs it")
    (folder / "bundle.json").write_text(json.dumps(bundle))
    (folder / "key.pem").write_text(signer_pem)
    script = ROOT / "tests" / "support" / "sigstore" / "verify.mjs"
    command = [node, str(script), str(folder / "bundle.json"), str(folder / "key.pem"), SIGNER.key_ref]
    return subprocess.run(command, check=False, cwd=SIGSTORE, capture_output=True, text=True, timeout=60)


def test_sigstore_verifies_the_bundle(tmp_path: Path) -> None:
    seen = sigstore(document(ExportFormat.SIGSTORE), tmp_path)

    assert seen.returncode == 0, seen.stderr
    assert seen.stdout.split() == [
        "urn:countersign:release-decision/v1",
        "application/vnd.dev.sigstore.bundle.v0.3+json",
    ]


def test_sigstore_refuses_the_bundle_under_another_key_and_with_another_payload(tmp_path: Path) -> None:
    bundle = document(ExportFormat.SIGSTORE)
    under_other = sigstore(bundle, tmp_path, STRANGER.public_key_pem)
    bundle["dsseEnvelope"]["payload"] = base64.b64encode(b"{}").decode()
    changed = sigstore(bundle, tmp_path)

    for seen in (under_other, changed):
        assert seen.returncode != 0
        assert "signature verification failed" in seen.stderr
