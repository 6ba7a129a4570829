"""Signing keys in files: PKCS#8 PEM, readable by the owner alone, encrypted where there is a passphrase."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import structlog
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from core.errors import InvalidError
from core.evidence.keyring import KeyRing
from core.evidence.signing import LocalSigner

KEY_SETTING = "COUNTERSIGN_SIGNING_KEY"
PASSPHRASE_SETTING = "COUNTERSIGN_SIGNING_KEY_PASSPHRASE"

log = structlog.get_logger(__name__)


class KeyFileError(InvalidError):
    """A key file cannot be used; `hint` says what to do about it."""

    code = "invalid_key_file"


def create_key_file(path: Path, *, passphrase: str | None = None) -> LocalSigner:
    """Make a new P-256 key and write it to `path`, which must not exist, with mode 0600.

    The file is there whole or not at all. Raises KeyFileError where it exists or cannot be written.
    """
    private_key = ec.generate_private_key(ec.SECP256R1())
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_new(path, pem)
    except OSError as error:
        if path.exists():
            raise _error(f"{path} exists", "Name another file; a key is never overwritten.") from error
        raise _error(f"{path} cannot be written: {error.strerror}", "Name a file in a folder you may write.") from error
    return LocalSigner(private_key)


def load_key_file(path: Path, *, passphrase: str | None = None) -> LocalSigner:
    """Read the signing key in `path`; warn in the log where others may read the file too.

    Raises KeyFileError where it is missing, unreadable, no private key, encrypted otherwise than `passphrase` says, or
    not on P-256.
    """
    pem = _read(path, f"Make a key with `countersign key create`, or set {KEY_SETTING} to the file that holds it.")
    try:
        private_key = load_pem_private_key(pem, passphrase.encode() if passphrase else None)
    except TypeError as error:
        raise _passphrase_error(path, given=bool(passphrase)) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _unreadable_key(path, pem, passphrase) from error
    try:
        signer = LocalSigner(private_key)
    except InvalidError as error:
        raise _error(f"{path}: {error.message}", "Make one with `countersign key create`.") from error
    if warning := exposure(path):
        log.warning("signing key is exposed", file=str(path), warning=warning)
    return signer


def development_key(path: Path) -> LocalSigner:
    """Return the key in `path`; make it where there is none, and say loudly that it is not for production.

    Of two programs that start at once, one makes the key and both use it.
    """
    if not path.exists():
        try:
            signer = create_key_file(path)
        except KeyFileError:
            if not path.exists():
                raise
        else:
            log.warning(
                "made a development signing key: evidence signed with it proves nothing to others",
                file=str(path),
                key_ref=signer.key_ref,
                fix=f"set {KEY_SETTING} to a key made with `countersign key create`",
            )
            return signer
    return load_key_file(path)


def exposure(path: Path) -> str | None:
    """Say what is wrong with the permissions of a key file; None where nothing is. Symbolic links are followed."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o007:
        return f"{path} has mode {mode:04o}: every user of this machine may get at the signing key; chmod 600 {path}"
    return None


def read_public_keys(path: Path) -> KeyRing:
    """Read a JWKS or PEM file of public keys. Raises KeyFileError that names the file and what is wrong with it."""
    source = _read(path, "Name a JWKS file or a public key in PEM; `countersign key export` writes both.", field="")
    try:
        return KeyRing.load(source)
    except InvalidError as error:
        raise KeyFileError(f"{path}: {error.message}", hint=error.hint) from error


def _write_new(path: Path, content: bytes) -> None:
    # mkstemp gives mode 0600 from the first moment; a link, unlike a rename, never replaces a key.
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
    finally:
        Path(draft).unlink()


def _read(path: Path, hint: str, *, field: str = KEY_SETTING) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise KeyFileError(f"{path} does not exist", hint=hint, field=field) from error
    except OSError as error:
        fix = "Let this user read it, or name another file."
        raise KeyFileError(f"{path} cannot be read: {error.strerror}", hint=fix, field=field) from error


def _passphrase_error(path: Path, *, given: bool) -> KeyFileError:
    if given:
        return _error(f"{path} is not encrypted, but there is a passphrase for it", f"Unset {PASSPHRASE_SETTING}.")
    return _error(f"{path} is encrypted", f"Set {PASSPHRASE_SETTING} to its passphrase.")


def _unreadable_key(path: Path, pem: bytes, passphrase: str | None) -> KeyFileError:
    if b"PUBLIC KEY-----" in pem:
        return _error(f"{path} holds a public key, which cannot sign", "Name the file with the private key.")
    if passphrase and b"ENCRYPTED" in pem:
        return _error(f"the passphrase does not open {path}", f"Set {PASSPHRASE_SETTING} to the right one.")
    return _error(f"{path} is not a private key in PEM", "Make one with `countersign key create`.")


def _error(message: str, hint: str) -> KeyFileError:
    return KeyFileError(message, field=KEY_SETTING, hint=hint)
