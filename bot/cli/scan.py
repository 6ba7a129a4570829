"""`countersign scan`: scan reports, as scanners write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from bot.cli.console import moment_json, out, print_json, printable, table
from bot.cli.documents import File, Json, ReleaseName, document, release_named
from bot.cli.lesson import lesson
from bot.cli.room import inside
from core.app.scanning import SubmitReport
from core.domain.people import Actor
from core.domain.release import Release, ScanReport

if TYPE_CHECKING:
    from bot.bootstrap import Core

app = typer.Typer(no_args_is_help=True, help="Submit what scanners found.")


@app.callback()
def scan() -> None:
    """Keep `submit` a command of its own, though it is the only one."""


@app.command(
    help=lesson(
        """
Submit a scanner's own file for a release: Trivy JSON, Grype JSON, SARIF 2.1.0, CycloneDX 1.4 to 1.7 JSON, or counts.
Its format is found in its content.

It takes the place of the scanner's earlier report. Reports on several images of one release need names of their own:
--scanner "trivy api", --scanner "trivy web". Open promotions of the release have their gates looked at again.
""",
        ("trivy image --format json -o report.json shop:2.3.1", "let Trivy look"),
        ("countersign scan submit report.json --release shop-2.3.1", "hand its report in"),
        ("grype shop:2.3.1 -o json | countersign scan submit - --release shop-2.3.1 --json", "from standard input"),
    )
)
def submit(
    file: File,
    release: ReleaseName,
    scanner: Annotated[
        str, typer.Option("--scanner", metavar="NAME", help="Who looked, instead of the file's own word.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Submit a scan report."""
    source = document(file)

    async def work(core: Core, actor: Actor) -> tuple[Release, ScanReport]:
        of = await release_named(core, actor, release)
        return of, await core.countersign.scanning.submit_report(actor, SubmitReport(of.id, source, scanner))

    of, report = inside(work)
    if as_json:
        print_json(_described(of, report))
        return
    rows = table("Severity", "Findings")
    for severity, count in report.counts.items():
        rows.add_row(severity.value, Text(str(count), style="" if count else "dim"))
    out().print(f"{printable(of.name)}: report by {printable(report.scanner)} ({report.format}) submitted.")
    out().print(rows)


def _described(of: Release, report: ScanReport) -> dict[str, object]:
    return {
        "id": str(report.id),
        "releaseName": of.name,
        "scanner": report.scanner,
        "format": report.format,
        "digest": report.digest,
        "scannedAt": moment_json(report.dated),
        **{f"{severity}Count": count for severity, count in report.counts.items()},
    }
