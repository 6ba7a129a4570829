"""Backups of a PostgreSQL database by PostgreSQL's own programs, `pg_dump` and `pg_restore`, which must be there.

What is said of a backup is true of the very moment that was dumped: both look at one snapshot.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import tables
from bot.db.backup.examination import Contents, examine
from bot.db.backup.files import BackupError, first_bytes, new_file
from bot.db.engines import postgres_engine
from bot.db.failures import explained

MAGIC = b"PGDMP"
_BY_URL = {"host": "PGHOST", "port": "PGPORT", "ssl": "PGSSLMODE", "target_session_attrs": "PGTARGETSESSIONATTRS"}
_INSTALL = (
    "Install PostgreSQL's client programs (Debian: apt-get install postgresql-client), or run it where they are: "
)


async def back_up(url: URL, file: Path) -> Contents:
    """Dump the database to the new `file`, whatever others write meanwhile, and say what is in it.

    Raises BackupError where that is not possible, and where what was dumped is not sound; then there is no `file`.
    Raises UnavailableError where the database cannot be reached.
    """
    pg_dump = _program("pg_dump", f"{_INSTALL}pg_dump --format=custom --file={file} {url.database}")
    pg_restore = _program("pg_restore", f"{_INSTALL}pg_restore --list {file}")
    engine = postgres_engine(url, connections=1).execution_options(isolation_level="REPEATABLE READ")
    try:
        with new_file(file) as draft, explained():
            async with engine.connect() as connection:
                contents = await connection.run_sync(examine)
                snapshot = await _snapshot(connection)
                await _run(url, pg_dump, "--format=custom", f"--snapshot={snapshot}", f"--file={draft}")
            await _read_through(url, pg_restore, draft)
            return contents
    finally:
        await engine.dispose()


async def restore(file: Path, url: URL) -> Contents:
    """Fill an empty database from a backup, and say what is in it.

    Raises as `back_up` does. Then nothing was made, but where it could be read and is not sound: that is seen last.
    """
    if first_bytes(file, len(MAGIC)) != MAGIC:
        message = f"{file} is no backup of a PostgreSQL database (pg_dump --format=custom)"
        raise BackupError(message, hint="Set COUNTERSIGN_DATABASE_URL accordingly.")
    line = f"pg_restore --single-transaction --no-owner --no-privileges --dbname={url.database} {file}"
    pg_restore = _program("pg_restore", _INSTALL + line)
    engine = postgres_engine(url, connections=1)
    try:
        await _read_through(url, pg_restore, file)
        with explained():
            async with engine.connect() as connection:
                await connection.run_sync(_require_empty)
            options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
            await _run(url, pg_restore, *options, f"--dbname={_quoted(url.database or '')}", str(file))
            async with engine.connect() as connection:
                return await connection.run_sync(_examined)
    finally:
        await engine.dispose()


def _examined(connection: Connection) -> Contents:
    try:
        return examine(connection)
    except BackupError as error:
        hint = "The database was filled all the same: drop it, and use an earlier backup."
        raise BackupError(error.message, hint=hint) from error


def _require_empty(connection: Connection) -> None:
    if set(inspect(connection).get_table_names()) & set(tables.metadata.tables):
        raise BackupError("The database is not empty", hint="Name a new one; nothing is overwritten (CREATE DATABASE).")


async def _snapshot(connection: AsyncConnection) -> str:
    """The name of what this transaction sees, for another one to see the same."""
    return str((await connection.execute(text("SELECT pg_export_snapshot()"))).scalar_one())


async def _read_through(url: URL, pg_restore: str, file: Path) -> None:
    """Have every byte of a dump read and unpacked, which fails for one that is cut short or damaged."""
    await _run(url, pg_restore, f"--file={os.devnull}", str(file))


def _program(name: str, hint: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"There is no {name} here", hint=hint)
    return found


async def _run(url: URL, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the database. Raises BackupError with what it said."""
    running = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        env={**os.environ, **_environment(url)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await running.communicate()
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()
    if running.returncode:
        lines = said.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        hint = "Is there room, may this user read all tables, and is the program as new as the server?"
        raise BackupError(f"{Path(program).name} failed: {lines[-1]}", hint=hint)


def _environment(url: URL) -> Mapping[str, str]:
    """The address as PostgreSQL's programs read it. The password is not for a command line, which everybody sees."""
    parts = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
    options = {_BY_URL[name]: value for name, value in url.query.items() if name in _BY_URL}
    known = {**parts, "PGDATABASE": url.database, **options}
    return {name: str(value) for name, value in known.items() if value}


def _quoted(database: str) -> str:
    """A name as part of a connection string, in which a plain one with `=` in it would be an option."""
    escaped = database.replace("\\", "\\\\").replace("'", "\\'")
    return f"dbname='{escaped}'"
