"""An HSM in software: SoftHSM with one token and one key on P-256, spoken with by PKCS#11."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key

from core.evidence.signing import pem_of
from tests.support.requirement import unavailable

PIN = "1234"
_LABEL = "countersign"
_KEY_ID = 2
_PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)


@dataclass(frozen=True)
class SoftHsm:
    """A token with a key: the settings that have it sign."""

    uri: str
    public_key_file: Path
    environment: dict[str, str]
    folder: Path

    def restore(self) -> None:
        """Make the token whole again. A real one is not in the program that is killed; this one may be half written."""
        shutil.copytree(self.folder / "whole", self.folder / "tokens", dirs_exist_ok=True)


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftHsm]:
    """The token. A driver reads its configuration once in a program, so there is one for all tests."""
    library = next((place for place in _PLACES if Path(place).exists()), None)
    tool = shutil.which("softhsm2-util")
    if library is None or tool is None:
        unavailable("softhsm", "SoftHSM is not installed (Debian: softhsm2)")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    environment = {"SOFTHSM2_CONF": str(configuration), "PYKCS11LIB": library}
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    init = [tool, "--init-token", "--free", "--label", _LABEL, "--pin", PIN, "--so-pin", "5678"]
    subprocess.run(init, check=True, capture_output=True, timeout=60)
    public_key_file = folder / "public.pem"
    public_key_file.write_text(_generate(library))
    shutil.copytree(folder / "tokens", folder / "whole")
    yield SoftHsm(f"hsm:{_KEY_ID}?label={_LABEL}", public_key_file, environment, folder)
    for name, value in before.items():
        os.environ.pop(name)
        if value is not None:
            os.environ[name] = value


def _generate(library: str) -> str:
    """Make the key in the token, and give its public half."""
    import pkcs11
    from pkcs11.util import biginteger
    from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

    token = pkcs11.lib(library).get_token(token_label=_LABEL)
    with token.open(rw=True, user_pin=PIN) as session:
        curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
        public, _ = parameters.generate_keypair(store=True, id=biginteger(_KEY_ID), label="evidence")
        return pem_of(load_der_public_key(encode_ec_public_key(public)))  # type: ignore[arg-type]
