"""What went wrong in the database, in words that say what to do. Nothing here repeats a URL or its password."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from core.errors import ConflictError, DomainError, UnavailableError

_RETRIED_STATES = frozenset({"40001", "40P01", "55P03"})
"""SQLSTATE of PostgreSQL: serialization failure, deadlock, lock not available."""

_SQLITE = {
    "SQLITE_BUSY": "The database is locked by another program",
    "SQLITE_LOCKED": "The database is locked by another program",
    "SQLITE_FULL": "The disk with the database is full",
    "SQLITE_READONLY": "The database may only be read",
    "SQLITE_CANTOPEN": "The database file cannot be opened",
    "SQLITE_IOERR": "The disk with the database does not answer as it should",
    "SQLITE_CORRUPT": "The database file is damaged",
    "SQLITE_NOTADB": "The database file is no SQLite database",
    "SQLITE_NOMEM": "There is not enough memory for the database",
}

_POSTGRES = {
    "08": "The connection to PostgreSQL was lost",
    "28": "PostgreSQL does not accept the user or the password in COUNTERSIGN_DATABASE_URL",
    "3D": "PostgreSQL has no database of the name in COUNTERSIGN_DATABASE_URL",
    "53": "PostgreSQL is out of room, memory or connections",
    "57": "PostgreSQL is shutting down or starting up",
    "25006": "PostgreSQL lets this database only be read",
    "42501": "PostgreSQL does not let this user work with the tables",
    "40": "PostgreSQL had to end the transaction in favour of another, again and again",
    "55": "A row is locked by another program",
}

_UNREADY = "The tables of this version are missing in the database"
_MIGRATE = "Run `countersign migrate`."


def is_unique_violation(error: IntegrityError) -> bool:
    """Whether another row has the same value in a unique column."""
    return _sqlite_name(error) in {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"} or (
        sqlstate(error) == "23505"
    )


def is_foreign_key_violation(error: IntegrityError) -> bool:
    """Whether a row refers to nothing, or is still referred to."""
    # SQLite reports ON DELETE RESTRICT as a trigger of its own making.
    names = {"SQLITE_CONSTRAINT_FOREIGNKEY", "SQLITE_CONSTRAINT_TRIGGER"}
    return _sqlite_name(error) in names or sqlstate(error) in {"23503", "23001"}


def is_worth_retrying(error: DBAPIError) -> bool:
    """Whether the same transaction, begun again, may well succeed: somebody else was in the way."""
    return sqlstate(error) in _RETRIED_STATES or (
        isinstance(error, IntegrityError) and sqlstate(error) is not None and is_foreign_key_violation(error)
    )


def domain_error(error: DBAPIError) -> DomainError | None:
    """What a failure that no repository expected means to a caller; None where it is a bug of ours."""
    if isinstance(error, IntegrityError):
        if is_foreign_key_violation(error):
            return ConflictError("Something that this refers to does not exist any more")
        return None
    if (state := sqlstate(error)) is not None:
        return _postgres_error(state)
    if name := _sqlite_name(error):
        return _sqlite_error(name, str(error.orig))
    if error.connection_invalidated:
        return UnavailableError(_POSTGRES["08"])
    return None


@contextmanager
def explained() -> Iterator[None]:
    """Raise what a caller can understand in place of what the database, its driver or the network says."""
    try:
        yield
    except DBAPIError as error:
        if (known := domain_error(error)) is None:
            raise
        raise known from error
    except PoolTimeoutError as error:
        raise UnavailableError("All connections to the database are busy") from error
    except OSError as error:
        raise _unreachable(error) from error
    except Exception as error:
        # While it connects, the errors of PostgreSQL's driver come as they are. It is not loaded beside SQLite.
        if not type(error).__module__.startswith("asyncpg."):
            raise
        state = getattr(error, "sqlstate", None) or ""
        raise _postgres_error(state) or _unreachable(error) from error


def sqlstate(error: DBAPIError) -> str | None:
    """The five characters with which PostgreSQL names a failure; None for other databases and lost connections."""
    state = getattr(error.orig, "sqlstate", None)
    return state if isinstance(state, str) else None


def _unreachable(error: Exception) -> UnavailableError:
    """The server does not answer. Only the kind of error is said: its text may hold more of the address."""
    kind = type(error).__name__
    return UnavailableError(f"The database cannot be reached ({kind})", hint="Check COUNTERSIGN_DATABASE_URL.")


def _postgres_error(state: str) -> DomainError | None:
    if state in {"42P01", "42703"}:
        return UnavailableError(_UNREADY, hint=_MIGRATE)
    sentence = _POSTGRES.get(state) or _POSTGRES.get(state[:2])
    return UnavailableError(sentence) if sentence else None


def _sqlite_error(name: str, text: str) -> DomainError | None:
    if name == "SQLITE_ERROR":
        is_unready = text.startswith(("no such table", "no such column")) or "has no column named" in text
        return UnavailableError(_UNREADY, hint=_MIGRATE) if is_unready else None
    for prefix, sentence in _SQLITE.items():
        if name.startswith(prefix):
            return UnavailableError(f"{sentence}; nothing was stored")
    return None


def _sqlite_name(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlite_errorname", "") if isinstance(error.orig, sqlite3.Error) else ""
