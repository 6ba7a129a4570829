"""Is what is signed now going to verify?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from bot.cli.console import moment
from bot.cli.doctor.finding import Finding, failed, ok, warning
from bot.gateways.key_files import KEY_SETTING, KeyFileError, exposure, load_key_file
from bot.gateways.remote_signers import RemoteSigner, is_elsewhere, remote_signer
from bot.settings import Settings
from core.errors import UnavailableError
from core.evidence.public_key import PublicKeyRecord
from core.evidence.signing import LocalSigner

SOON = timedelta(days=7)
_ROTATE = f"Make a new key with `countersign key rotate FILE`, set {KEY_SETTING} to it and restart."
_NAME = "signing key"


def check_key(settings: Settings) -> tuple[LocalSigner | RemoteSigner | None, Finding]:
    """The key in use, where it can be read or reached, and how it is kept. Nothing is made."""
    return _elsewhere(settings) if is_elsewhere(settings.signing_key) else _in_file(settings)


def _elsewhere(settings: Settings) -> tuple[RemoteSigner | None, Finding]:
    """A key elsewhere, asked to sign: with its credentials, its public half and the way to it, all is seen at once."""
    pin = settings.signing_key_passphrase.get_secret_value()
    try:
        signer = remote_signer(settings.signing_key, settings.signing_key_public, pin)
    except KeyFileError as error:
        return None, failed(_NAME, error.message, error.hint)
    try:
        signer.sign(b"doctor")
    except UnavailableError as error:
        return signer, failed(_NAME, f"{settings.signing_key}: {error.message}", "Look at its address and credentials.")
    return signer, ok(_NAME, f"{signer.key_ref} signs, at {settings.signing_key}")


def _in_file(settings: Settings) -> tuple[LocalSigner | None, Finding]:
    file = Path(settings.signing_key.removeprefix("file:")) if settings.signing_key else settings.development_key_file
    own_key = f"Make a key with `countersign key create FILE` and set {KEY_SETTING} to it."
    if not settings.signing_key and not file.exists():
        return None, warning(_NAME, "none is set; a development key is made at the first start", own_key)
    try:
        signer = load_key_file(file, passphrase=settings.signing_key_passphrase.get_secret_value() or None)
    except KeyFileError as error:
        return None, failed(_NAME, error.message, error.hint)
    if exposed := exposure(file):
        return signer, warning(_NAME, exposed, f"chmod 600 {file}")
    if not settings.signing_key:
        return signer, warning(_NAME, f"{signer.key_ref} is a development key ({file})", own_key)
    return signer, ok(_NAME, f"{signer.key_ref} in {file}, readable by its owner alone")


def check_registry(signer: LocalSigner | RemoteSigner, keys: Iterable[PublicKeyRecord], now: datetime) -> Finding:
    """Whether a verifier would find the key, and in its time of use."""
    name = "key registry"
    known = {key.key_ref: key for key in keys}
    key = known.get(signer.key_ref)
    if key is None:
        return warning(name, f"{signer.key_ref} is not registered yet", "Start the server once; it registers its key.")
    if key.revoked_at is not None:
        return failed(name, f"{key.key_ref} was revoked on {moment(key.revoked_at)}", _ROTATE)
    if key.not_after is not None and key.not_after <= now:
        return failed(name, f"{key.key_ref} ended on {moment(key.not_after)}; what it signs is not valid", _ROTATE)
    if key.not_after is not None and key.not_after - now < SOON:
        return warning(name, f"{key.key_ref} ends on {moment(key.not_after)}", _ROTATE)
    return ok(name, f"{key.key_ref} is registered, one of {len(known)}")
