"""Backups of a SQLite file: a copy of one moment of it, made by SQLite itself, so nobody who writes waits for it.

A copy made by the system's own means while a server runs would lack what is still in the `-wal` file, or be torn.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from bot.db.backup.examination import Contents, examine
from bot.db.backup.files import BackupError, first_bytes, new_file
from bot.db.engines import BUSY_TIMEOUT_MS

MAGIC = b"SQLite format 3\0"
_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite has beside a file it has not closed; it would be taken for a part of any other file of that name."""


def back_up(database: Path, file: Path) -> Contents:
    """Copy the database file to the new `file`, whatever others write meanwhile, and say what is in the copy.

    Raises BackupError where that is not possible, and where what was copied is not sound; then there is no `file`.
    """
    if not database.exists():
        raise BackupError(f"There is no database file {database}", hint="Check COUNTERSIGN_DATABASE_URL.")
    return _copied(database, file)


def restore(file: Path, database: Path) -> Contents:
    """Make the new database file from a backup, and say what is in it. Raises BackupError; then nothing was made."""
    if first_bytes(file, len(MAGIC)) != MAGIC:
        raise BackupError(f"{file} is no backup of a SQLite database", hint="Set COUNTERSIGN_DATABASE_URL accordingly.")
    for name in (database.with_name(database.name + ending) for ending in _BESIDE):
        if name.exists():
            hint = "Stop the server, and move what is left of the old database away."
            raise BackupError(f"{name} is left of another database", hint=hint)
    return _copied(file, database)


def _copied(source: Path, target: Path) -> Contents:
    with new_file(target) as draft, _explained(source):
        # Not to be written by us, but by its mode only SQLite's own rules for readers hold, so not opened read-only:
        # the `-shm` file of a database whose server was killed must be made anew to be read.
        with _opened(source) as original, _opened(draft) as copy:
            original.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        return _examined(draft)


def _examined(file: Path) -> Contents:
    with _opened(file) as opened:
        opened.execute("PRAGMA query_only=ON")
        _require_sound(opened)
        # The connection's owner closes it, so the engine needs no end of its own.
        engine = create_engine("sqlite://", creator=lambda: opened, poolclass=StaticPool, hide_parameters=True)
        with engine.connect() as connection:
            return examine(connection)


def _require_sound(opened: sqlite3.Connection) -> None:
    found = [str(row[0]) for row in opened.execute("PRAGMA integrity_check(1)")]
    if found != ["ok"]:
        raise BackupError(f"It is damaged: {found[0]}", hint="Use an earlier backup.")
    if orphans := opened.execute("PRAGMA foreign_key_check").fetchall():
        raise BackupError(f"{len(orphans)} rows refer to what is not there", hint="Use an earlier backup.")


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    # `rw`: a file that is missing is not made.
    address = f"{file.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None)) as opened:
        yield opened


@contextmanager
def _explained(source: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, DBAPIError) as error:
        hint = "Is there room, and may you write there? Is the database sound?"
        raise BackupError(f"{source} could not be copied: {error}", hint=hint) from error
