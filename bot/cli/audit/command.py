"""`countersign audit`: what was decided in a period, for somebody who has to check it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.audit.exporting import Exported, export
from bot.cli.audit.folder import Folder
from bot.cli.audit.words import counted, moment
from bot.cli.console import err, out, print_json
from bot.cli.failures import CommandError
from bot.cli.lesson import lesson
from bot.cli.room import inside
from core.domain.people import Actor
from core.errors import InvalidError
from core.evidence.audit.period import Period

if TYPE_CHECKING:
    from bot.bootstrap import Core

app = typer.Typer(no_args_is_help=True, help="Export what an auditor takes away.")


@app.callback()
def _audit() -> None:
    """One of several commands, whatever they become."""


@app.command(
    "export",
    help=lesson(
        """
Write everything that was decided in a period into one new folder that can be checked without us and without a
network: signed packets and their exports, proofs that they are in the log, checkpoints, keys, the small verifiers,
tables (CSV), and index.html with figures and charts, to be read, searched and printed. README.txt in it says how to
check it.

A date is a day in UTC: --from counts from its beginning, --to is the last day that counts, up to its end. A moment
such as 2026-01-31T12:00:00Z will do as well; then --to is the first moment that does not count. What counts is when
the evidence of a decision was signed. A period without anything gives a folder that says so.

The folder appears when it is whole; one that is there and not empty is never written into.
""",
        (
            "countersign audit export --from 2026-01-01 --to 2026-03-31",
            "a quarter, into audit-2026-01-01-to-2026-03-31",
        ),
        (
            "countersign audit export --from 2026-01-01 --to 2026-01-31 --environment production --out jan",
            "one environment",
        ),
    ),
)
def export_(
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="The first day.", show_default=False)],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="The last day; it counts.", show_default=False)],
    folder: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", help="A new folder. [audit-FROM-to-TO]", show_default=False),
    ] = None,
    environment: Annotated[
        list[str] | None,
        typer.Option("--environment", metavar="NAME", help="Only promotions to this environment; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Export a period."""
    period = _period(first, last)
    target = folder or Path(f"audit-{period.name}")

    async def work(core: Core, actor: Actor) -> Exported:
        reviewing = core.countersign.reviewing
        return await reviewing.review(actor, period, environment or (), lambda review: export(review, draft))

    with Folder(target) as draft, err().status("Exporting"):
        exported = inside(work)
    if as_json:
        print_json(_as_json(target, period, exported))
    else:
        _tell(target, period, exported)


def _period(first: str, last: str) -> Period:
    try:
        return Period.of(first, last)
    except InvalidError as error:
        raise CommandError(error.message, error.hint) from error


def _as_json(folder: Path, period: Period, exported: Exported) -> dict[str, object]:
    return {
        "folder": str(folder),
        "since": moment(period.since),
        "until": moment(period.until),
        "decisions": exported.decisions,
        "undecided": exported.undecided,
        "changes": exported.changes,
        "origin": exported.checkpoint.origin,
        "treeSize": exported.checkpoint.size,
        "rootHash": exported.checkpoint.root_text,
    }


def _tell(folder: Path, period: Period, exported: Exported) -> None:
    if not exported.decisions and not exported.undecided:
        out().print(f"Nothing was requested or decided in this period: {period}. {folder} says so.", soft_wrap=True)
        return
    found = counted(exported.decisions, "decision")
    out().print(f"Wrote {found} of {period} to {folder}.", soft_wrap=True)
    if exported.undecided:
        out().print(f"Requested and not decided in it: {exported.undecided}.", soft_wrap=True)
    out().print(f"Open {folder / 'index.html'}; {folder / 'README.txt'} says how to check it.", soft_wrap=True)
