"""`countersign verify`: evidence packets, offline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from bot.cli.console import Exit, err, listed, out, print_json, printable, symbol
from bot.cli.failures import CommandError
from bot.cli.lesson import lesson
from bot.cli.public_keys import KeySource, keys_from
from bot.cli.timestamps import Stamp, stamp_from, with_stamp
from core.evidence.attestation_verification import is_attestation, verify_attestation
from core.evidence.report import Outcome, Step, VerificationReport
from core.evidence.verification import verify as verify_packet

MANY = 20
"""From so many files on, only what fails is told step by step."""

HELP = lesson(
    """
Verify evidence packets and their exports (DSSE envelopes, Sigstore bundles) offline: each step is told, from strict
JSON to the signature and the fields it covers.

Keys come from the files named; without any, from the key registry of the configured database. Nothing is believed
because a packet says so: algorithm and time of use are the key's. Exit code 1 if any file fails.
""",
    ("countersign verify evidence.json --key public.pem", "with a public key in PEM"),
    ("countersign verify packets/*.json --jwks jwks.json", "with a JWKS, which knows times of use and revocations"),
    ("countersign verify evidence.json --json | jq .ok", "for a script"),
)

_STYLES = {
    Outcome.PASSED: ("ok", "green"),
    Outcome.FAILED: ("failed", "bold red"),
    Outcome.NOT_REACHED: ("skipped", "dim"),
}


@dataclass(frozen=True, slots=True)
class Examined:
    """A file and what its examination found."""

    file: Path
    report: VerificationReport


def verify(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Evidence packets, or exports of them.", show_default=False)
    ],
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
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Run the command."""
    packets = [(file, _packet(file)) for file in files]
    source = keys_from(jwks or [], key or [])
    stamp = stamp_from(timestamp, tsa or [])
    if stamp and len(packets) > 1:
        raise CommandError("A timestamp is of one packet, and several files are named", "Name one file.")
    results = _examined(packets, source, stamp)
    ok = all(result.report.ok for result in results)
    if as_json:
        keys = {"origin": source.origin, "keyRefs": [record.key_ref for record in source.keys]}
        print_json({"ok": ok, "keys": keys, "files": [_as_json(result) for result in results]})
    else:
        _tell(out(), results, source)
    if not ok:
        raise typer.Exit(Exit.REFUSED)


def _packet(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}", "Name files with evidence packets.") from error


def _examined(packets: list[tuple[Path, bytes]], source: KeySource, stamp: Stamp | None) -> list[Examined]:
    with Progress(console=err(), transient=True, disable=len(packets) < MANY) as progress:
        task = progress.add_task("Verifying", total=len(packets))
        results = []
        for file, packet in packets:
            verified = verify_attestation if is_attestation(packet) else verify_packet
            report = verified(packet, source.keys)
            results.append(Examined(file, with_stamp(report, stamp) if stamp else report))
            progress.advance(task)
        return results


def _tell(console: Console, results: list[Examined], source: KeySource) -> None:
    refs = listed((record.key_ref for record in source.keys), "no key at all")
    console.print(Text.assemble("Keys from ", (printable(source.origin), "bold"), f": {refs}"), soft_wrap=True)
    for result in results:
        if len(results) < MANY or not result.report.ok:
            console.print()
            console.print(Text(printable(str(result.file)), style="bold"), soft_wrap=True)
            for step in result.report.steps:
                console.print(_line(console, step), soft_wrap=True)
        console.print(_conclusion(console, result), soft_wrap=True)
    if len(results) > 1:
        failed = sum(not result.report.ok for result in results)
        console.print(f"\n{len(results) - failed} valid, {failed} not valid")


def _line(console: Console, step: Step) -> Text:
    sign, style = _STYLES[step.outcome]
    detail = "not reached" if step.outcome is Outcome.NOT_REACHED else printable(step.detail)
    return Text.assemble(
        f"  {step.number:>2} ",
        (symbol(console, sign), style),
        f" {step.name:<32}",
        (detail, "dim" if step.ok else style),
    )


def _conclusion(console: Console, result: Examined) -> Text:
    if result.report.content is None:
        failure = result.report.failure
        why = f": step {failure.number} failed, {failure.name}" if failure else ""
        return Text(f"{symbol(console, 'failed')} NOT VALID {printable(str(result.file) + why)}", style="bold red")
    return Text.assemble(
        (f"{symbol(console, 'ok')} VALID ", "bold green"),
        printable(f"{result.file}: {_summary(result.report.content)}"),
    )


def _summary(content: dict[str, Any]) -> str:
    """What the signed content says, as far as it has the usual members."""
    if "properties" in content:
        return f"verified {', '.join(map(str, content['properties']))} at {content['timeCreated']}"
    release, target = _member(content, "release", "name"), _member(content, "environments", "target", "name")
    decision, decided_at = _member(content, "promotion", "decision"), _member(content, "promotion", "decidedAt")
    return f"{decision} {release} to {target}, decided {decided_at}"


def _member(content: dict[str, Any], *path: str) -> str:
    value: Any = content
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return str(value) if value is not None else "?"


def _as_json(result: Examined) -> dict[str, Any]:
    report = result.report
    steps = [
        {"number": step.number, "name": step.name, "outcome": step.outcome.value, "detail": step.detail}
        for step in report.steps
    ]
    return {"file": str(result.file), "ok": report.ok, "steps": steps, "content": report.content}
