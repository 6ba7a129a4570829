"""Which public keys a verification uses: files that were named, or else the registry of the local database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.failures import CommandError
from bot.cli.masking import without_password
from bot.cli.room import inside
from bot.gateways.key_files import read_public_keys
from bot.settings import load_settings
from core.domain.people import Actor
from core.evidence.keyring import KeyRing
from core.evidence.public_key import PublicKeyRecord

if TYPE_CHECKING:
    from bot.bootstrap import Core


KeyFiles = Annotated[
    list[Path] | None, typer.Option("--key", metavar="PEM", help="A public key file; may be repeated.")
]
JwksFiles = Annotated[list[Path] | None, typer.Option("--jwks", metavar="FILE", help="A JWKS file; may be repeated.")]


@dataclass(frozen=True, slots=True)
class KeySource:
    """Keys, and where they are from."""

    keys: KeyRing
    origin: str


def keys_from(jwks: Sequence[Path], pem: Sequence[Path]) -> KeySource:
    """The keys of these files; without any, those of the local registry. Raises CommandError, InvalidError.

    A key that is in several files counts as the first says, so a JWKS, which knows times of use, comes first.
    """
    files = [*jwks, *pem]
    if files:
        rings = [read_public_keys(file) for file in files]
        keys = KeyRing(_first_of_each(record for ring in rings for record in ring))
        return KeySource(keys, ", ".join(map(str, files)))
    settings = load_settings()
    if settings.sqlite_file is not None and not settings.sqlite_file.exists():
        raise CommandError(
            f"There is no public key to verify with, and no database {settings.sqlite_file} with a key registry",
            "Name a file with --key or --jwks: the issuer has it from `countersign key export`, or serves it at "
            "/.well-known/jwks.json.",
        )
    return KeySource(
        KeyRing(inside(_registered, settings)), f"the key registry of {without_password(settings.database_url)}"
    )


def _first_of_each(records: Iterable[PublicKeyRecord]) -> list[PublicKeyRecord]:
    kept: dict[str, PublicKeyRecord] = {}
    for record in records:
        kept.setdefault(record.key_ref, record)
    return list(kept.values())


async def _registered(core: Core, _actor: Actor) -> tuple[PublicKeyRecord, ...]:
    return await core.countersign.ports.transactions.read(lambda store: store.evidence.keys())
