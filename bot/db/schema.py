"""The schema's revisions: bring a database up to date, and say where it stands.

Alembic is loaded where there is something to bring up to date, and costs a server that only looks neither time nor
memory.
"""

from __future__ import annotations

import asyncio
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, create_engine, inspect, text

from bot.db.engines import postgres_engine, sqlite_schema_engine
from bot.db.failures import explained
from bot.db.files import make_private_file
from bot.db.migrations import versions
from bot.db.urls import parse_url, sqlite_file
from core.errors import UnavailableError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

_NAMED = re.compile(r'^(down_)?revision\b[^=\n]*= "(\w+)"', re.MULTILINE)
"""How a migration names itself, and the one before it."""
_LOCK = 7_301_944_216_017_325_122
"""Any number, as long as every replica uses the same."""


async def migrate(url: str) -> str:
    """Bring the schema to this version's revision and return its name. Replicas may do so at the same time.

    Raises InvalidError for a bad URL, UnavailableError where the database cannot be reached.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        make_private_file(sqlite_file(parsed))
        if await asyncio.to_thread(_is_current, parsed):
            return head_revision()
    engine = _engine(parsed)
    try:
        with explained():
            async with engine.begin() as connection:
                await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()
    return head_revision()


def require_head(connection: Connection) -> None:
    """Raise UnavailableError where the schema is not the one that this version needs."""
    found, needed = current_revision(connection), head_revision()
    if found != needed:
        raise UnavailableError(
            f"The database is at revision {found or 'nothing'}, and this version needs {needed}",
            hint="Run `countersign migrate`.",
        )


def current_revision(connection: Connection) -> str | None:
    """The revision a database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return revision


@cache
def head_revision() -> str:
    """The revision that this version needs: the one that no other follows."""
    (head,) = _revisions() - _revisions("down_")
    return head


def _is_current(url: URL) -> bool:
    """Whether there is nothing to do in a file: looked at as readers are, so nobody waits."""
    engine = create_engine(url.set(drivername="sqlite"), hide_parameters=True)
    try:
        with explained(), engine.connect() as connection:
            return current_revision(connection) == head_revision()
    finally:
        engine.dispose()


def is_known(revision: str) -> bool:
    """Whether this version has that revision, and so can bring a database from there to its own."""
    return revision in _revisions()


@cache
def _revisions(which: str = "") -> frozenset[str]:
    """The names of all migrations, or with `down_` of those that another one follows."""
    files = (file for file in resources.files(versions).iterdir() if file.name.endswith(".py"))
    named = (_NAMED.findall(file.read_text(encoding="utf-8")) for file in files)
    return frozenset(name for found in named for kind, name in found if kind == which)


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
    if current_revision(connection) != head_revision():
        from bot.db.upgrading import upgrade

        upgrade(connection)


def _engine(url: URL) -> AsyncEngine:
    return sqlite_schema_engine(url) if url.get_backend_name() == "sqlite" else postgres_engine(url, connections=1)
