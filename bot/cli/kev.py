"""`countersign kev`: the catalogue of known exploited vulnerabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bot.cli.console import moment_json, out, print_json, printable
from bot.cli.documents import File, Json, document
from bot.cli.lesson import lesson
from bot.cli.room import inside
from core.domain.known_exploited import KnownExploited
from core.domain.people import Actor

if TYPE_CHECKING:
    from bot.bootstrap import Core

app = typer.Typer(no_args_is_help=True, help="Import what is known to be exploited (CISA KEV).")


@app.callback()
def kev() -> None:
    """Keep `import` a command of its own, though it is the only one."""


@app.command(
    "import",
    help=lesson(
        """
Import CISA's catalogue of known exploited vulnerabilities in place of the one before.

Security gates with `knownExploited: true` block what is in it, and everything as long as there is none. Open promotions
to their environments have their gates looked at again.
""",
        ("countersign kev import known_exploited_vulnerabilities.json", "the JSON file as CISA publishes it"),
    ),
)
def import_(file: File, as_json: Json = False) -> None:
    """Import the catalogue."""
    source = document(file)

    async def work(core: Core, actor: Actor) -> KnownExploited:
        return await core.countersign.scanning.import_known_exploited(actor, source)

    catalogue = inside(work)
    if as_json:
        released = moment_json(catalogue.released_at)
        told = {"version": catalogue.version, "count": catalogue.count, "releasedAt": released}
        print_json({**told, "digest": catalogue.digest})
        return
    out().print(f"Catalogue {printable(catalogue.version)} imported: {catalogue.count} vulnerabilities.")
