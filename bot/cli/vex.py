"""`countersign vex`: statements that take findings out of the count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bot.cli.console import out, print_json, printable
from bot.cli.documents import File, Json, ReleaseName, document, release_named
from bot.cli.lesson import lesson
from bot.cli.room import inside
from core.domain.people import Actor
from core.domain.vex import VexDocument

if TYPE_CHECKING:
    from bot.bootstrap import Core

app = typer.Typer(no_args_is_help=True, help="Submit what is known about findings (VEX).")


@app.callback()
def vex() -> None:
    """Keep `submit` a command of its own, though it is the only one."""


@app.command(
    help=lesson(
        """
Submit a VEX document for a release: OpenVEX 0.2, or CycloneDX 1.4 to 1.7 JSON with an analysis.

Findings that are not_affected or fixed no longer count; who says so, when and why is shown and sealed in the evidence.
To take a statement back, submit a newer one that says under_investigation or affected.
""",
        ("countersign vex submit openvex.json --release shop-2.3.1", "hand a document in"),
    )
)
def submit(file: File, release: ReleaseName, as_json: Json = False) -> None:
    """Submit a VEX document."""
    source = document(file)

    async def work(core: Core, actor: Actor) -> VexDocument:
        of = await release_named(core, actor, release)
        return await core.countersign.scanning.submit_vex(actor, of.id, source)

    submitted = inside(work)
    said = {status.value: count for status, count in submitted.statuses.items() if count}
    if as_json:
        told = {"id": str(submitted.id), "format": submitted.format, "author": submitted.author}
        print_json({**told, "digest": submitted.digest, "statements": said})
        return
    counts = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in said.items())
    out().print(f"{printable(submitted.author)} ({submitted.format}) submitted: {counts}.")
