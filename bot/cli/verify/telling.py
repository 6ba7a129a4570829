"""What was found, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.cli.console import listed, printable, symbol
from bot.cli.public_keys import KeySource
from bot.cli.verify.examining import Examined, Kind
from core.evidence.report import Outcome, Step, VerificationReport

MANY = 20
"""From so many files on, only what fails is told step by step."""

_STYLES = {
    Outcome.PASSED: ("ok", "green"),
    Outcome.FAILED: ("failed", "bold red"),
    Outcome.NOT_REACHED: ("skipped", "dim"),
}


def tell(console: Console, results: Sequence[Examined], source: KeySource) -> None:
    """Tell a person: keys, steps, and a conclusion for each file."""
    refs = listed((record.key_ref for record in source.keys), "no key at all")
    console.print(Text.assemble("Keys from ", (printable(source.origin), "bold"), f": {refs}"), soft_wrap=True)
    for result in results:
        if len(results) < MANY or not result.report.ok:
            console.print()
            console.print(Text(printable(str(result.file)), style="bold"), soft_wrap=True)
            for step in result.report.steps:
                console.print(step_line(console, step), soft_wrap=True)
        console.print(conclusion(console, result), soft_wrap=True)
    if len(results) > 1:
        failed = sum(not result.report.ok for result in results)
        console.print(f"\n{len(results) - failed} valid, {failed} not valid")


def as_json_document(results: Sequence[Examined], source: KeySource) -> dict[str, Any]:
    """The same for a program."""
    return {
        "ok": all(result.report.ok for result in results),
        "keys": {"origin": source.origin, "keyRefs": [record.key_ref for record in source.keys]},
        "files": [_as_json(result) for result in results],
    }


def step_line(console: Console, step: Step) -> Text:
    """One step of a verification."""
    sign, style = _STYLES[step.outcome]
    detail = "not reached" if step.outcome is Outcome.NOT_REACHED else printable(step.detail)
    return Text.assemble(
        f"  {step.number:>2} ",
        (symbol(console, sign), style),
        f" {step.name:<32}",
        (detail, "dim" if step.ok else style),
    )


def conclusion(console: Console, result: Examined) -> Text:
    """Valid and what it says, or which step failed."""
    if not result.report.ok:
        failure = result.report.failure
        why = f": step {failure.number} failed, {failure.name}" if failure else ""
        return Text(f"{symbol(console, 'failed')} NOT VALID {printable(str(result.file) + why)}", style="bold red")
    return Text.assemble(
        (f"{symbol(console, 'ok')} VALID ", "bold green"), printable(f"{result.file}: {_summary(result)}")
    )


def _summary(result: Examined) -> str:
    """What was proved, in a line."""
    if result.kind in {Kind.PACKET, Kind.EXPORT}:
        return _decision(result.report.content or {})
    origin, size, root, *_ = result.checkpoint.split("\n")
    what = {
        Kind.PROOF: "in the log",
        Kind.CHECKPOINT: "a checkpoint of",
        Kind.LOG: "the whole log",
    }[result.kind]
    return f"{what} {origin}, {size} entries, root hash {root}"


def _decision(content: dict[str, Any]) -> str:
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


def steps_json(report: VerificationReport) -> list[dict[str, Any]]:
    """The steps of a verification for a program."""
    return [
        {"number": step.number, "name": step.name, "outcome": step.outcome.value, "detail": step.detail}
        for step in report.steps
    ]


def _as_json(result: Examined) -> dict[str, Any]:
    report = result.report
    return {
        "file": str(result.file),
        "kind": result.kind.value,
        "ok": report.ok,
        "steps": steps_json(report),
        "content": report.content,
        "checkpoint": result.checkpoint or None,
    }
