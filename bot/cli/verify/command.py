"""`countersign verify`: what is examined, and by what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from bot.cli.console import Exit, err, out, print_json
from bot.cli.failures import CommandError
from bot.cli.lesson import lesson
from bot.cli.public_keys import KeySource, keys_from
from bot.cli.timestamps import Stamp, stamp_from
from bot.cli.verify.examining import DECISIONS, Examined, Given, examine, kind_of, known_checkpoint, remember
from bot.cli.verify.memory import Memory, default_folder
from bot.cli.verify.telling import MANY, as_json_document, tell
from core.errors import InvalidError
from core.evidence.log.cosignatures import WitnessKey
from core.evidence.log.examination import Known

HELP = lesson(
    """
Verify evidence offline: each step is told. Files may be evidence packets, exports of them (DSSE envelopes, Sigstore
bundles), proofs that they are in the log (.tlog-proof) and checkpoints of the log; --timestamp adds the timestamp of
a packet, and --log names a folder with the whole log, from `countersign log export`.

Keys come from the files named; without any, from the key registry of the configured database. Nothing is believed
because a file says so: algorithm and time of use are the key's.

The last checkpoint that was seen of each log is remembered, and a log that has lost, changed or reordered anything
since is refused; so is one that does not fit to a checkpoint named with --checkpoint, such as one posted in Slack.
Exit code 1 if anything fails.
""",
    ("countersign verify evidence.json --key public.pem", "with a public key in PEM"),
    ("countersign verify packets/*.json --jwks jwks.json", "with a JWKS, which knows times of use and revocations"),
    ("countersign verify evidence.json evidence.tlog-proof --jwks jwks.json", "and that it is in the log"),
    ("countersign verify --log log/ --jwks jwks.json", "the whole log, and that it only grew since the last time"),
    ("countersign verify evidence.json --json | jq .ok", "for a script"),
)


def verify(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="Packets, exports of them, proofs, checkpoints.", show_default=False),
    ] = None,
    *,
    key: Annotated[
        list[Path] | None, typer.Option("--key", metavar="PEM", help="A public key file; may be repeated.")
    ] = None,
    jwks: Annotated[
        list[Path] | None, typer.Option("--jwks", metavar="FILE", help="A JWKS file; may be repeated.")
    ] = None,
    timestamp: Annotated[
        Path | None, typer.Option("--timestamp", metavar="TSR", help="The packet's timestamp (RFC 3161).")
    ] = None,
    tsa: Annotated[
        list[Path] | None, typer.Option("--tsa", metavar="PEM", help="A timestamp authority that you trust.")
    ] = None,
    log: Annotated[
        Path | None, typer.Option("--log", metavar="DIR", help="Verify this log, and that the packets are in it.")
    ] = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option("--checkpoint", metavar="FILE", help="A checkpoint that the log must fit to; may be repeated."),
    ] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option("--witness", metavar="KEY", help="A witness that must have cosigned; may be repeated."),
    ] = None,
    state: Annotated[
        Path | None, typer.Option("--state", metavar="DIR", help="Where seen checkpoints are remembered.")
    ] = None,
    stateless: Annotated[bool, typer.Option("--stateless", help="Remember nothing, and look at nothing seen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Run the command."""
    if not files and log is None:
        raise CommandError("There is nothing to verify", "Name files with evidence, or a log with --log DIR.")
    given = _given(files or [], log, stamp_from(timestamp, tsa or []))
    source = keys_from(jwks or [], key or [])
    memory = None if stateless else Memory(state or default_folder())
    known = _known(source, checkpoint or [], witness or [], memory)
    results = _examined(replace(given, known=known))
    if memory is not None:
        remember(results, memory)
    if as_json:
        print_json(as_json_document(results, source))
    else:
        tell(out(), results, source)
    if not all(result.report.ok for result in results):
        raise typer.Exit(Exit.REFUSED)


def _given(files: list[Path], log: Path | None, stamp: Stamp | None) -> Given:
    if log is not None and not log.is_dir():
        raise CommandError(f"{log} is not a folder", "`countersign log export DIR` makes one.")
    read = tuple(
        (file, file_bytes(file, "Name files with evidence, and a log's folder behind --log."))
        for file in dict.fromkeys(files)
    )
    if stamp and sum(kind_of(*each) in DECISIONS for each in read) != 1:
        raise CommandError("A timestamp is of one packet, and not one is named", "Name its packet, and no other.")
    return Given(read, log, stamp)


def _known(source: KeySource, checkpoints: list[Path], witnesses: list[str], memory: Memory | None) -> Known:
    known = Known(source.keys, witnesses=tuple(_witness(text) for text in witnesses))
    trusted = []
    for file in checkpoints:
        try:
            trusted.append(known_checkpoint(file, file_bytes(file, "Name a checkpoint of the log."), known))
        except InvalidError as error:
            hint = "It is what GET /api/v1/log/checkpoint serves."
            raise CommandError(f"{file}: {error.message}", hint, Exit.REFUSED) from error
    return replace(known, checkpoints=(*trusted, *(memory.checkpoints() if memory else ())))


def _witness(text: str) -> WitnessKey:
    try:
        return WitnessKey.from_text(text)
    except InvalidError as error:
        raise CommandError(f"--witness: {error.message}", "A witness publishes its key as NAME+ID+KEY.") from error


def file_bytes(file: Path, hint: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}", hint) from error


def _examined(given: Given) -> tuple[Examined, ...]:
    with Progress(console=err(), transient=True, disable=len(given.files) < MANY) as progress:
        task = progress.add_task("Verifying", total=len(given.files))
        return examine(given, lambda: progress.advance(task))
