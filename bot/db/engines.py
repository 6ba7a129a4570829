"""SQLAlchemy engines with what each database needs to be told on every connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

if TYPE_CHECKING:  # brings the ORM along, megabytes that a server with SQLite has no use for
    from sqlalchemy.ext.asyncio import AsyncEngine

BUSY_TIMEOUT_MS = 5_000
"""How long to wait for another program, such as a backup, that holds the file."""
CONNECT_TIMEOUT_S = 5
COMMAND_TIMEOUT_S = 30
POOL_TIMEOUT_S = 10

_WRITING = (
    "PRAGMA foreign_keys=ON",  # off by default, for each connection anew
    "PRAGMA journal_mode=WAL",  # readers never wait for the writer
    "PRAGMA synchronous=FULL",  # what was acknowledged survives a power cut; in WAL, NORMAL would not promise that
)
_READING = ("PRAGMA query_only=ON",)  # all writes go through the one writer

BEGIN_WRITING = "BEGIN IMMEDIATE"
"""How a transaction that writes begins: to upgrade a lock later can fail."""
BEGIN_READING = "BEGIN"
"""How one that reads begins: it sees the database as it was at its first statement."""


def sqlite_writer_engine(url: URL) -> Engine:
    """The engine of the one connection that writes. Whoever uses it says BEGIN_WRITING.

    A listener could say it, but where an engine has one, SQLAlchemy looks for others at every single statement.
    """
    engine = create_engine(url.set(drivername="sqlite"), poolclass=StaticPool, hide_parameters=True)
    _tell_sqlite(engine, _WRITING)
    return engine


def sqlite_reader_engine(url: URL, *, connections: int = 4) -> Engine:
    """The engine for reads, for as many threads. Whoever uses it says BEGIN_READING."""
    engine = create_engine(
        url.set(drivername="sqlite"),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        hide_parameters=True,
    )
    _tell_sqlite(engine, _READING)
    return engine


def sqlite_schema_engine(url: URL) -> AsyncEngine:
    """The engine for migrations, of which one runs at a time; its transactions begin by themselves."""
    engine = create_async_engine(url, hide_parameters=True)
    _tell_sqlite(engine.sync_engine, _WRITING)

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Any) -> None:
        connection.exec_driver_sql(BEGIN_WRITING)

    return engine


def create_async_engine(url: URL, **options: Any) -> AsyncEngine:
    """SQLAlchemy's, loaded with the first one that is wanted."""
    from sqlalchemy.ext import asyncio

    return asyncio.create_async_engine(url, **options)


def postgres_engine(url: URL, *, connections: int = 16) -> AsyncEngine:
    """The engine for everything on PostgreSQL."""
    return create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        hide_parameters=True,
        connect_args={
            "timeout": CONNECT_TIMEOUT_S,
            "command_timeout": COMMAND_TIMEOUT_S,
            # Compiling to machine code costs more than any of our statements takes.
            "server_settings": {"application_name": "countersign", "jit": "off"},
        },
    )


def _tell_sqlite(engine: Engine, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        # Python's driver would begin transactions by itself, later and weaker than asked for.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}", *pragmas):
            cursor.execute(pragma)
        cursor.close()
