"""`countersign key`: the keys that sign evidence, and the public halves that verify it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from bot.cli.console import Exit, err, moment, moment_json, out, print_json, table
from bot.cli.durations import duration
from bot.cli.failures import CommandError
from bot.cli.lesson import lesson
from bot.cli.room import inside
from bot.gateways.key_files import KEY_SETTING, create_key_file, read_public_keys
from bot.settings import load_settings
from core.app.keys import KeyState, KeyView
from core.domain.people import Actor
from core.evidence.keyring import KeyRing
from core.evidence.public_key import PublicKeyRecord

if TYPE_CHECKING:
    from bot.bootstrap import Core

app = typer.Typer(no_args_is_help=True, help="Make, list, rotate, revoke and export the keys that sign evidence.")

_STATES = {
    KeyState.IN_USE: "in use",
    KeyState.NOT_YET: "not yet in use",
    KeyState.ENDED: "verifies only",
    KeyState.REVOKED: "revoked",
}
_JSON = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
_ENCRYPT = Annotated[
    bool,
    typer.Option(
        "--encrypt", help="Encrypt the file with COUNTERSIGN_SIGNING_KEY_PASSPHRASE, or with a passphrase asked for."
    ),
]


@app.command(
    help=lesson(
        """
Make a private key (P-256, PKCS#8 PEM, mode 0600) and say how to use it. A file that is there is never overwritten.
Keep a copy where the server's disk cannot take it along; without the key no new evidence can be signed under its name.
""",
        ("countersign key create /etc/countersign/signing-key.pem", "then set COUNTERSIGN_SIGNING_KEY to that path"),
        ("countersign key create key.pem --encrypt", "ask for a passphrase first"),
    )
)
def create(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it.")] = Path(
        "countersign-signing-key.pem"
    ),
    encrypt: _ENCRYPT = False,
    as_json: _JSON = False,
) -> None:
    """Make a key."""
    signer = create_key_file(file, passphrase=_passphrase(wanted=encrypt))
    if as_json:
        print_json({"keyRef": signer.key_ref, "file": str(file), "publicKeyPem": signer.public_key_pem})
        return
    out().print(f"Made the signing key {signer.key_ref} in {file}.", soft_wrap=True)
    out().print(f"Set {KEY_SETTING}={file} and start the server; it registers the key by itself.", soft_wrap=True)


@app.command(
    "list",
    help=lesson(
        "List the keys that have ever signed here, with their times of use. Old keys keep verifying what they signed.",
        ("countersign key list", "a table"),
    ),
)
def list_(as_json: _JSON = False) -> None:
    """List keys."""
    views, current = inside(_views_and_current)
    if as_json:
        print_json([_described(view.key, current, view.state) for view in views])
        return
    rows = table("Key", "In use from", "Until", "Revoked", "State")
    for view in views:
        key, signs = view.key, view.key.key_ref == current
        state = _STATES[view.state] + (", signs here" if signs else "")
        times = (moment(key.not_before, "-"), moment(key.not_after, "-"), moment(key.revoked_at, "-"))
        rows.add_row(*(Text(cell, style="" if signs else "dim") for cell in (key.key_ref, *times, state)))
    out().print(rows)


@app.command(
    help=lesson(
        """
Make a new signing key beside the one in use, register it, and say when the old one ends.

The server goes on signing with the old key until it is started with the new setting; do that within the overlap, or
what it signs later will not verify. Evidence from before stays valid: old public keys are kept.
""",
        ("countersign key rotate /etc/countersign/signing-key-2.pem", "the old key ends in 24 hours"),
        ("countersign key rotate key-2.pem --overlap 1h", "it ends in an hour"),
        ("countersign key rotate hsm-public.pem --elsewhere", "to a key in an HSM or KMS, by its public half"),
    )
)
def rotate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the new key.", show_default=False)],
    overlap: Annotated[
        timedelta | None,
        typer.Option("--overlap", parser=duration, metavar="SPAN", help="How long the old key may still sign. [24h]"),
    ] = None,
    encrypt: _ENCRYPT = False,
    elsewhere: Annotated[
        bool, typer.Option("--elsewhere", help="FILE holds the public key of one in an HSM or KMS; none is made.")
    ] = False,
    as_json: _JSON = False,
) -> None:
    """Rotate the key."""
    passphrase = _passphrase(wanted=encrypt)
    known = _one_public_key(file) if elsewhere else ""

    async def work(core: Core, actor: Actor) -> tuple[PublicKeyRecord, ...]:
        ports = core.countersign.ports
        new_pem = known or create_key_file(file, passphrase=passphrase).public_key_pem
        span = timedelta(hours=24) if overlap is None else overlap
        return await core.countersign.keys.rotate(actor, ports.signer.key_ref, new_pem, span)

    old, new = inside(work, signs=True)
    if as_json:
        print_json({"file": str(file), "new": _described(new, old.key_ref), "old": _described(old, old.key_ref)})
        return
    out().print(f"{'Registered' if elsewhere else 'Made'} the signing key {new.key_ref} in {file}.", soft_wrap=True)
    out().print(f"The old key {old.key_ref} ends on {moment(old.not_after)}.", soft_wrap=True)
    setting = f"{KEY_SETTING} to its address" if elsewhere else f"{KEY_SETTING}={file}"
    err().print(
        f"Before that, set {setting} and restart every server; what the old key signs later is not valid.",
        style="bold yellow",
        soft_wrap=True,
    )


@app.command(
    help=lesson(
        """
Revoke a key that may be in other hands. There is no way back, and everything it ever signed stops verifying, for
whoever stole it can write any date. Where it signs here, nothing can be decided until another key is set.
""",
        ('countersign key revoke p256-5hTUHBf5... --reason "laptop stolen"', "asks once more, then revokes"),
        ('countersign key revoke p256-5hTUHBf5... --reason "laptop stolen" --yes', "for a script"),
    )
)
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The key's name (signerKeyRef).", show_default=False)],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; verifiers are told.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    as_json: _JSON = False,
) -> None:
    """Revoke a key."""
    if not yes and not typer.confirm(f"Revoke {key} for good?", err=True):
        raise CommandError("Nothing was revoked", exit_code=Exit.REFUSED)

    async def work(core: Core, actor: Actor) -> tuple[PublicKeyRecord, str]:
        return await core.countersign.keys.revoke(actor, key, reason), core.countersign.ports.signer.key_ref

    revoked, current = inside(work)
    if as_json:
        print_json(_described(revoked, current, KeyState.REVOKED))
        return
    out().print(f"Revoked {revoked.key_ref}: {revoked.revocation_reason}", soft_wrap=True, markup=False)
    if revoked.key_ref == current:
        fix = f"Nothing can be decided until {KEY_SETTING} names another key: make one with `countersign key create`."
        err().print(fix, style="bold yellow", soft_wrap=True)


@app.command(
    help=lesson(
        """
Write the public keys that verify evidence, for auditors and for openssl: PEM by default, or a JWKS, which also says
when each key was in use. There is nothing secret in either.
""",
        ("countersign key export > public.pem", "all keys, the oldest first"),
        ("countersign key export --jwks --out jwks.json", "what /.well-known/jwks.json serves"),
        ("countersign key export --key p256-5hTUHBf5... > public.pem", "one key, for openssl dgst -verify"),
    )
)
def export(
    jwks: Annotated[bool, typer.Option("--jwks", help="As JWKS, with times of use and revocations.")] = False,
    key: Annotated[str, typer.Option("--key", metavar="REF", help="This key only (signerKeyRef).")] = "",
    file: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write there, not to standard output.")
    ] = None,
) -> None:
    """Export public keys."""
    keys, _ = inside(_keys_and_current)
    ring = KeyRing(each for each in keys if key in ("", each.key_ref))
    if not len(ring):
        raise CommandError(f"There is no key {key}", "`countersign key list` shows the keys there are.")
    if file is None and jwks:
        print_json(ring.to_jwks())
    elif file is None:
        typer.echo(ring.to_pem(), nl=False)
    else:
        _write(file, ring, jwks=jwks)


async def _views_and_current(core: Core, actor: Actor) -> tuple[tuple[KeyView, ...], str]:
    return await core.countersign.keys.all(actor), core.countersign.ports.signer.key_ref


async def _keys_and_current(core: Core, _actor: Actor) -> tuple[tuple[PublicKeyRecord, ...], str]:
    ports = core.countersign.ports
    return await ports.transactions.read(lambda store: store.evidence.keys()), ports.signer.key_ref


def _one_public_key(file: Path) -> str:
    keys = read_public_keys(file)
    if len(keys) != 1:
        raise CommandError(f"{file} holds {len(keys)} public keys", "Name a file with the new one alone.")
    return keys.to_pem()


def _passphrase(*, wanted: bool) -> str | None:
    if not wanted:
        return None
    configured = load_settings().signing_key_passphrase.get_secret_value()
    if configured:
        return configured
    typed: str = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True)
    return typed


def _write(file: Path, ring: KeyRing, *, jwks: bool) -> None:
    text = json.dumps(ring.to_jwks(), indent=2) + "\n" if jwks else ring.to_pem()
    try:
        file.write_text(text, encoding="ascii")
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}") from error
    err().print(f"Wrote {len(ring)} public key(s) to {file}.", soft_wrap=True)


def _described(key: PublicKeyRecord, current: str, state: KeyState | None = None) -> dict[str, object]:
    described: dict[str, object] = {
        "keyRef": key.key_ref,
        "algorithm": key.algorithm,
        "notBefore": moment_json(key.not_before),
        "notAfter": moment_json(key.not_after),
        "revokedAt": moment_json(key.revoked_at),
        "revocationReason": key.revocation_reason,
        "signsNow": key.key_ref == current,
    }
    return described | ({"state": state.value} if state else {})
