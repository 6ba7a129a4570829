"""`countersign replay`: the gates of a decision again, from its evidence packet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from bot.cli.console import Exit, out, print_json, printable, symbol
from bot.cli.lesson import lesson
from bot.cli.public_keys import JwksFiles, KeyFiles, keys_from
from bot.cli.verify.command import file_bytes
from bot.cli.verify.examining import Examined, Kind
from bot.cli.verify.telling import conclusion, step_line, steps_json
from core.app.replaying import Outcome, ReplayStep, differs
from core.app.replaying import replay as replayed
from core.evidence.report import VerificationReport
from core.evidence.verification import verify as verified
from core.gates.registry import GateRegistry, built_in_gates

HELP = lesson(
    """
Evaluate the gates of a decision again, offline: from the inputs and settings that its evidence packet holds.

First the packet is verified as `countersign verify` does. Then each built-in gate must come to the sealed result again,
to the word. Gates of other distributions are told of and not judged. Exit code 1 if anything differs.
""",
    ("countersign replay evidence.json --key public.pem", "with a public key in PEM"),
    ("countersign replay packets/*.json --jwks jwks.json", "many at once"),
    ("countersign replay evidence.json --json | jq .ok", "for a script"),
)

_STYLES = {
    Outcome.AGREES: ("ok", "green"),
    Outcome.DIFFERS: ("failed", "bold red"),
    Outcome.SKIPPED: ("skipped", "dim"),
}


@dataclass(frozen=True, slots=True)
class Replayed:
    """A file, how its verification went, and the gates again where that went well."""

    file: Path
    report: VerificationReport
    steps: tuple[ReplayStep, ...]

    @property
    def ok(self) -> bool:
        """Whether the packet is valid and everything is as it was sealed."""
        return self.report.ok and not differs(self.steps)


def replay(
    files: Annotated[list[Path], typer.Argument(metavar="PACKET...", help="Evidence packets.", show_default=False)],
    key: KeyFiles = None,
    jwks: JwksFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Run the command."""
    packets = [(file, file_bytes(file, "Name files with evidence packets.")) for file in files]
    source, gates = keys_from(jwks or [], key or []), GateRegistry(built_in_gates())
    results = [_replayed(file, verified(packet, source.keys), gates) for file, packet in packets]
    ok = all(result.ok for result in results)
    if as_json:
        print_json({"ok": ok, "files": [_as_json(result) for result in results]})
    else:
        for result in results:
            _tell(out(), result)
    if not ok:
        raise typer.Exit(Exit.REFUSED)


def _replayed(file: Path, report: VerificationReport, gates: GateRegistry) -> Replayed:
    return Replayed(file, report, replayed(report.content, gates) if report.content is not None else ())


def _tell(console: Console, result: Replayed) -> None:
    console.print(conclusion(console, Examined(result.file, Kind.PACKET, result.report)), soft_wrap=True)
    for step in result.report.steps:
        if not step.ok:
            console.print(step_line(console, step), soft_wrap=True)
    for each in result.steps:
        console.print(_line(console, each), soft_wrap=True)
    if result.report.content is None:
        return
    counted = sum(step.name == "result" and step.outcome is Outcome.AGREES for step in result.steps)
    words, style = ("SAME RESULT", "bold green") if result.ok else ("DIFFERS", "bold red")
    gates = "1 gate came" if counted == 1 else f"{counted} gates came"
    sign = symbol(console, "ok" if result.ok else "failed")
    console.print(Text.assemble((f"{sign} {words} ", style), f"{gates} to the sealed result again"), soft_wrap=True)


def _line(console: Console, step: ReplayStep) -> Text:
    sign, style = _STYLES[step.outcome]
    label = f"{step.gate_name} {step.name}".strip()
    return Text.assemble(
        "    ",
        (symbol(console, sign), style),
        f" {printable(label):<32}",
        (printable(step.detail), "dim" if step.outcome is not Outcome.DIFFERS else style),
    )


def _as_json(result: Replayed) -> dict[str, Any]:
    steps = [
        {"gateName": step.gate_name or None, "name": step.name, "outcome": step.outcome.value, "detail": step.detail}
        for step in result.steps
    ]
    return {"file": str(result.file), "ok": result.ok, "verification": steps_json(result.report), "replay": steps}
