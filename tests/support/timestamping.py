"""A timestamp authority on this machine: `openssl ts` with a certificate authority of its own."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.requirement import unavailable

_CONFIGURATION = """
[req]
distinguished_name = none
prompt = no
[none]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[stamping]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = tsa_config
[tsa_config]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class StampingAuthority:
    """The authority; `root_file` is the certificate that a verifier trusts."""

    folder: Path
    root_file: Path

    def answer(self, query: bytes) -> bytes:
        """Answer a timestamp query. It blocks: `asyncio.to_thread` in async code."""
        (self.folder / "query.tsq").write_bytes(query)
        self._openssl("ts", "-reply", "-config", "tsa.conf", "-section", "tsa_config", "-queryfile", "query.tsq",
                      "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "answer.tsr")  # fmt: skip
        return (self.folder / "answer.tsr").read_bytes()

    def verifies(self, content: bytes, response: bytes) -> bool:
        """Whether openssl accepts a timestamp of that content."""
        (self.folder / "content").write_bytes(content)
        (self.folder / "response.tsr").write_bytes(response)
        command = ["openssl", "ts", "-verify", "-data", "content", "-in", "response.tsr", "-CAfile", "root.pem"]
        done = subprocess.run(command, check=False, cwd=self.folder, capture_output=True, text=True, timeout=60)
        return done.returncode == 0 and "Verification: OK" in done.stdout

    def _openssl(self, *words: str) -> None:
        done = subprocess.run(
            ["openssl", *words], check=False, cwd=self.folder, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr


def stamping_authority(folder: Path, name: str = "Stamps") -> StampingAuthority:
    """Make an authority in a folder: a root, and a certificate for timestamps under it."""
    if shutil.which("openssl") is None:
        unavailable("openssl", "openssl is not installed")
    folder.mkdir(exist_ok=True)
    (folder / "tsa.conf").write_text(_CONFIGURATION)
    (folder / "serial").write_text("01\n")
    made = StampingAuthority(folder, folder / "root.pem")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    configured = ("-config", "tsa.conf")
    made._openssl("req", "-x509", *curve, *configured, "-extensions", "root", "-subj", f"/CN={name} Root",
                  "-days", "30", "-keyout", "root.key", "-out", "root.pem")  # fmt: skip
    made._openssl("req", *curve, *configured, "-subj", f"/CN={name}", "-keyout", "tsa.key", "-out", "tsa.csr")
    made._openssl("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
                  "-days", "30", "-extfile", "tsa.conf", "-extensions", "stamping", "-out", "tsa.pem")  # fmt: skip
    return made


@pytest.fixture(scope="session")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> StampingAuthority:
    """An authority for all tests."""
    return stamping_authority(tmp_path_factory.mktemp("tsa"))
