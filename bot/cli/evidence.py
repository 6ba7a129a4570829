"""`countersign evidence`: a decision's evidence as files, and the small verifiers that go with them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from bot.cli.console import out, print_json
from bot.cli.failures import CommandError
from bot.cli.lesson import lesson
from bot.cli.room import inside
from core.domain.export_format import ExportFormat
from core.domain.people import Actor
from core.evidence.exports import Export

if TYPE_CHECKING:
    from bot.bootstrap import Core

app = typer.Typer(no_args_is_help=True, help="Export the evidence of a decision, and the small verifiers.")

VERIFIER_FILE = files("bot.cli.standalone") / "verify_evidence.py"
LOG_VERIFIER_FILE = files("bot.cli.standalone") / "verify_log.py"


@app.command(
    help=lesson(
        """
Write the evidence of a promotion's decision in one form, or with --out in every form that there is: the signed packet,
an in-toto statement in a DSSE envelope, a Sigstore bundle and, where the decision allows, a verification result.
""",
        ("countersign evidence export 5f0c... > packet.json", "the signed packet"),
        ("countersign evidence export 5f0c... --format dsse > decision.dsse.json", "for tools that read in-toto"),
        ("countersign evidence export 5f0c... --out evidence/", "every form, into a folder"),
    )
)
def export(
    promotion: Annotated[UUID, typer.Argument(metavar="PROMOTION", help="The promotion's id.", show_default=False)],
    form: Annotated[
        ExportFormat | None,
        typer.Option("--format", metavar="FORM", help="Which form; else the packet, or all with --out."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write files there, not to standard output.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON which files were written.")] = False,
) -> None:
    """Export evidence."""
    if as_json and folder is None:
        raise CommandError("--json says which files were written, and there are none", "Name a folder with --out.")

    async def work(core: Core, actor: Actor) -> tuple[Export, ...]:
        reading = core.countersign.reading
        if folder and form is None:
            return await reading.exports(actor, promotion)
        return (await reading.export(actor, promotion, form or ExportFormat.PACKET),)

    exports = inside(work)
    if folder is None:
        typer.echo(exports[0].content, nl=False)
        return
    written = [str(_written(folder, each.name, each.content)) for each in exports]
    if as_json:
        print_json({"files": written})
        return
    for name in written:
        out().print(name, soft_wrap=True, highlight=False)


@app.command(
    help=lesson(
        """
Print a small verifier, for whoever trusts nothing else: one Python file under 200 lines that needs Python 3.11 and the
`cryptography` package, and none of Countersign. This one checks packets, envelopes and bundles; with --log the one that
checks proofs, checkpoints and the whole log. With --out both are written into a folder.
""",
        ("countersign evidence verifier > verify_evidence.py", "read it, then"),
        ("python3 verify_evidence.py packet.json --keys jwks.json", "check a packet with it"),
        ("countersign evidence verifier --log > verify_log.py", "and for the log"),
        ("python3 verify_log.py packet.json packet.tlog-proof --keys jwks.json", "that the packet is in it"),
    )
)
def verifier(
    log: Annotated[bool, typer.Option("--log", help="The one for the transparency log.")] = False,
    folder: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write both files there.")] = None,
) -> None:
    """Print a small verifier, or write both."""
    if folder is None:
        typer.echo((LOG_VERIFIER_FILE if log else VERIFIER_FILE).read_text(encoding="utf-8"), nl=False)
        return
    for file in (VERIFIER_FILE, LOG_VERIFIER_FILE):
        out().print(str(_written(folder, file.name, file.read_bytes())), soft_wrap=True, highlight=False)


def _written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.read_bytes() != content:
            raise CommandError(f"{path} exists and holds something else", "Move it away, or name another folder.")
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}") from error
    return path
