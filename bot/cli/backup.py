"""`countersign backup` and `countersign restore`: the whole database as one file, and back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.filesize import decimal

from bot.cli.console import err, out, print_json, symbol
from bot.cli.lesson import lesson
from bot.cli.masking import without_password
from bot.cli.room import quiet_logging
from bot.gateways.remote_signers import is_elsewhere
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.upkeep import Contents

BACKUP_HELP = lesson(
    """
Write the whole database into a new file, while servers run and people vote. It is one moment of it, read through before
it is there: tables, references, evidence of every decision, and every leaf of the transparency log. A file that exists
is never overwritten, and one by halves is never left under its name.

SQLite is copied by SQLite itself; for PostgreSQL, pg_dump and pg_restore must be installed. The signing key and the
settings are not in it: keep them elsewhere too.
""",
    ("countersign backup /backups/countersign-$(date +%F).backup", "every night, from cron"),
    ("countersign backup before-upgrade.backup", "before a new version starts"),
)
RESTORE_HELP = lesson(
    """
Make the database of COUNTERSIGN_DATABASE_URL from a backup. It must not be there yet: a new file for SQLite, an empty
database for PostgreSQL. The backup is read through as it was when it was made. Start no server beside the one that it
was made of: two would go on with the same log, and only one of them can be right.
""",
    ("countersign restore countersign-2026-03-01.backup", "then `countersign doctor`, then `countersign serve`"),
)

_JSON = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new file.", show_default=False)],
    as_json: _JSON = False,
) -> None:
    """Run `countersign backup`."""
    from bot import upkeep  # the database's libraries: not loaded for `--help`

    settings, contents = _done(upkeep.back_up, file, "Copying, and reading through ...")
    if as_json:
        print_json(_document(settings, file, contents))
        return
    _tell(f"{without_password(settings.database_url)} is in {file}", file, contents)
    out().print(f"\nNot in it: {', '.join(_beside(settings))}. Keep copies of them elsewhere.", soft_wrap=True)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.", show_default=False)],
    as_json: _JSON = False,
) -> None:
    """Run `countersign restore`."""
    from bot import upkeep

    settings, contents = _done(upkeep.restore, file, "Restoring, and reading through ...")
    if as_json:
        print_json(_document(settings, file, contents))
        return
    _tell(f"{file} is in {without_password(settings.database_url)}", file, contents)
    needed = ", ".join(_beside(settings))
    out().print(f"\nIt also takes {needed} as they were. Look with `countersign doctor`, then start.", soft_wrap=True)


def _done(
    work: Callable[[Settings, Path], Coroutine[Any, Any, Contents]], file: Path, doing: str
) -> tuple[Settings, Contents]:
    settings = load_settings()
    quiet_logging(settings)
    with err().status(doing):
        return settings, asyncio.run(work(settings, file))


def _tell(headline: str, file: Path, contents: Contents) -> None:
    log, rows = contents.log, sum(contents.rows.values())
    lines = (
        ("Size", f"{decimal(file.stat().st_size)}, at revision {contents.revision}"),
        ("Rows", f"{rows:,}: {contents.promotions:,} promotions, {contents.decisions:,} of them decided, ..."),
        ("Log", f"{log.size:,} entries of {log.origin or 'a log without a name'}"),
        ("Root hash", log.root_text),
    )
    out().print(f"{symbol(out(), 'ok')} {headline}: read through, and sound.", soft_wrap=True)
    for name, what in lines:
        out().print(f"  {name:<10} {what}", soft_wrap=True)


def _document(settings: Settings, file: Path, contents: Contents) -> dict[str, Any]:
    log = contents.log
    return {
        "file": str(file),
        "database": without_password(settings.database_url),
        "bytes": file.stat().st_size,
        "revision": contents.revision,
        "rows": dict(contents.rows),
        "log": {"origin": log.origin, "treeSize": log.size, "rootHash": log.root_text},
        "notInIt": _beside(settings),
    }


def _beside(settings: Settings) -> list[str]:
    """What a server needs that is not in its database."""
    key = settings.signing_key or str(settings.development_key_file)
    kept = "the key itself is kept there" if is_elsewhere(settings.signing_key) else "the signing key"
    sealed = ["COUNTERSIGN_ENCRYPTION_KEY"] if settings.encryption_key.get_secret_value() else []
    return [f"{key} ({kept})", *sealed, "the settings (.env or the environment)"]
