"""COUNTERSIGN_DATABASE_URL: which forms are understood, and what SQLAlchemy is given."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from core.errors import InvalidError

SETTING = "COUNTERSIGN_DATABASE_URL"
_FORMS = "Write sqlite:///path/to/countersign.db or postgresql://user:password@host/database."
_SQLITE = {"sqlite", "sqlite+aiosqlite"}
_OPTIONS = {"host", "port", "ssl", "target_session_attrs", "prepared_statement_cache_size"}
_POSTGRES = {"postgres", "postgresql", "postgresql+asyncpg"}


def parse_url(text: str) -> URL:
    """The URL with the driver that we use. Raises InvalidError, which names the setting and never the password."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise InvalidError(f"{SETTING} is not a database URL", field=SETTING, hint=_FORMS) from None
    if url.drivername in _SQLITE:
        return _sqlite(url)
    if url.drivername in _POSTGRES:
        return _postgres(url)
    raise InvalidError(f"{SETTING} names the unknown database {url.drivername}", field=SETTING, hint=_FORMS)


def sqlite_file(url: URL) -> Path:
    """The file of a SQLite URL that `parse_url` gave."""
    return Path(url.database or "")


def _sqlite(url: URL) -> URL:
    name = url.database or ""
    if not name or name == ":memory:" or name.startswith("file:") or url.query or url.host:
        raise InvalidError(
            f"{SETTING} must name a file for SQLite, and nothing else",
            field=SETTING,
            hint="Write sqlite:///relative/path.db or sqlite:////absolute/path.db.",
        )
    return url.set(drivername="sqlite+aiosqlite", database=str(Path(name).expanduser()))


def _postgres(url: URL) -> URL:
    # asyncpg calls `ssl` what every PostgreSQL provider's URL calls `sslmode`.
    query = {("ssl" if name == "sslmode" else name): value for name, value in url.query.items()}
    if unknown := sorted(query.keys() - _OPTIONS):
        known = ", ".join(sorted(_OPTIONS | {"sslmode"}))
        raise InvalidError(
            f"{SETTING} has the unknown option {unknown[0]}", field=SETTING, hint=f"Options are {known}."
        )
    return url.set(drivername="postgresql+asyncpg", query=query)
