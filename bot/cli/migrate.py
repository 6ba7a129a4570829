"""`countersign migrate`: the database's schema."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from bot.cli.console import err, out, print_json, symbol
from bot.cli.lesson import lesson
from bot.cli.masking import without_password
from bot.cli.room import quiet_logging
from bot.settings import load_settings

HELP = lesson(
    """
Bring the database's schema to what this version needs. Run it before new servers start on PostgreSQL; SQLite is
brought up to date at every start. Running it again, or on several machines at once, does no harm.
""",
    ("countersign migrate", "bring it up to date"),
    ("countersign migrate --check", "change nothing; exit code 1 if there is something to do"),
)


def migrate(
    check: Annotated[bool, typer.Option("--check", help="Only say whether the schema is up to date.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Run the command."""
    from bot import upkeep  # SQLAlchemy and Alembic: not loaded for `--help`

    settings = load_settings()
    quiet_logging(settings)
    with err().status("Looking at the database ..." if check else "Migrating ..."):
        revision = asyncio.run(upkeep.require_current(settings) if check else upkeep.migrate(settings))
    name = without_password(settings.database_url)
    if as_json:
        print_json({"database": name, "revision": revision})
    else:
        out().print(
            f"{symbol(out(), 'ok')} {name} is at revision {revision}, as this version needs it.", soft_wrap=True
        )
