"""Signing keys that are elsewhere: an HSM by PKCS#11, AWS KMS, Google Cloud KMS, Azure Key Vault, HashiCorp Vault.

securesystemslib speaks with each of them, by URI. What comes back is checked under the public key before it is used:
a wrong key, a wrong algorithm or a broken driver is noticed here, not by an auditor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import structlog

from bot.gateways.key_files import KEY_SETTING, KeyFileError
from core.errors import InvalidError, SigningUnavailableError
from core.evidence.public_key import p256_from_pem
from core.evidence.signing import key_ref_of, pem_of, signature_is_valid

PUBLIC_SETTING = "COUNTERSIGN_SIGNING_KEY_PUBLIC"
TIMEOUT_SECONDS = 10.0

EXTRAS: Mapping[str, str] = {
    "hsm": "pkcs11",
    "awskms": "awskms",
    "gcpkms": "gcpkms",
    "azurekms": "azurekms",
    "hv": "vault",
}
"""URI scheme -> the extra of this distribution that brings its library."""

_AT_ONCE = {"hsm": 1}  # a token is logged in to once for a whole program
_log = structlog.get_logger(__name__)


class Driver(Protocol):
    """What we need of a `securesystemslib.signer.Signer`."""

    def sign(self, payload: bytes) -> Any:
        """Sign; the answer's `signature` is hex."""


def is_elsewhere(key: str) -> bool:
    """Whether a setting names a key that is not in a file."""
    return key.partition(":")[0] in EXTRAS


class RemoteSigner:
    """A key elsewhere, with its public half. `sign` waits for it; `sign_all` does so beside the event loop."""

    def __init__(
        self, driver: Driver, public_key_pem: str, *, at_once: int = 8, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        self._driver = driver
        self.public_key = p256_from_pem(public_key_pem)
        self.public_key_pem = pem_of(self.public_key)
        self.key_ref = key_ref_of(self.public_key)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="signing")
        self._timeout = timeout

    def sign(self, message: bytes) -> bytes:
        """Sign; raises SigningUnavailableError where there is no signature, or none that is valid."""
        try:
            signature = bytes.fromhex(self._driver.sign(message).signature)
        except Exception as error:  # a driver may raise anything; whatever it is, nothing was signed
            _log.warning("the signing key does not sign", key_ref=self.key_ref, exc_info=error)
            raise self._unavailable(f"does not sign ({type(error).__name__})") from error
        if not signature_is_valid(self.public_key, signature, message):
            raise self._unavailable("gave a signature that is not valid under its public key")
        return signature

    async def sign_all(self, messages: Sequence[bytes]) -> Sequence[bytes]:
        """Sign each; raises SigningUnavailableError where not all of them are signed in time."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeout):
                return await asyncio.gather(
                    *(loop.run_in_executor(self._threads, self.sign, message) for message in messages)
                )
        except TimeoutError as error:
            raise self._unavailable(f"did not sign within {self._timeout:g} seconds") from error

    def close(self) -> None:
        """Wait for no signature any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _unavailable(self, problem: str) -> SigningUnavailableError:
        return SigningUnavailableError(
            f"Nothing was decided: the signing key {self.key_ref} {problem}",
            hint="Nothing was stored. Try again in a moment; if it stays so, tell an administrator.",
            keyRef=self.key_ref,
        )

    def __repr__(self) -> str:
        return f"RemoteSigner({self.key_ref})"


def remote_signer(uri: str, public_key_file: str, pin: str) -> RemoteSigner:
    """Open the key that `uri` names; its public half is in a PEM file. Raises KeyFileError that says what to do.

    Credentials are those of the environment, as each service's own library finds them; `pin` is the HSM's.
    """
    scheme = uri.partition(":")[0]
    if not public_key_file:
        hint = f"Set {PUBLIC_SETTING} to a file with the key's public half in PEM; every KMS and HSM gives it."
        raise KeyFileError(f"the public key of {uri} is not set", field=PUBLIC_SETTING, hint=hint)
    try:
        pem = Path(public_key_file).read_text(encoding="ascii")
        public_key_pem = pem_of(p256_from_pem(pem))
    except (OSError, UnicodeDecodeError, InvalidError) as error:
        why = error.strerror if isinstance(error, OSError) else getattr(error, "message", "not PEM")
        hint = "Export the public key from where the private one is: PEM, EC on P-256."
        raise KeyFileError(f"{public_key_file}: {why}", field=PUBLIC_SETTING, hint=hint) from error
    driver = _driver(uri, scheme, public_key_pem, pin)
    return RemoteSigner(driver, public_key_pem, at_once=_AT_ONCE.get(scheme, 8))


def _driver(uri: str, scheme: str, public_key_pem: str, pin: str) -> Driver:
    # Not imported before somebody has such a key: it comes with the extra, and is large.
    install = f"pip install 'countersign-bot[{EXTRAS[scheme]}]'"
    try:
        signers = import_module("securesystemslib.signer")
    except ImportError as error:
        raise KeyFileError(f"{uri} needs another library", field=KEY_SETTING, hint=install) from error
    key = signers.SSlibKey("key", "ecdsa", "ecdsa-sha2-nistp256", {"public": public_key_pem})
    try:
        driver: Driver = signers.Signer.from_priv_key_uri(uri, key, lambda _secret: pin)
    except Exception as error:  # each service's library has errors of its own
        unsupported = type(error).__name__ == "UnsupportedLibraryError"
        hint = install if unsupported else "Look at the address and at the credentials in the environment."
        raise KeyFileError(f"{uri} cannot be opened: {error}", field=KEY_SETTING, hint=hint) from error
    return driver
