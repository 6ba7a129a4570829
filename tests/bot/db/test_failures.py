"""What databases say, in plain words."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.db.failures import (
    domain_error,
    explained,
    is_foreign_key_violation,
    is_unique_violation,
    is_worth_retrying,
)
from core.errors import ConflictError, UnavailableError


class _PostgresError(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__("secret parameter")
        self.sqlstate = sqlstate


def _postgres(state: str) -> DBAPIError:
    return (IntegrityError if state.startswith("23") else DBAPIError)("SELECT", None, _PostgresError(state))


def _sqlite(name: str, text: str = "") -> DBAPIError:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorname = name
    return (IntegrityError if "CONSTRAINT" in name else OperationalError)("SELECT", None, error)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (_sqlite("SQLITE_BUSY_SNAPSHOT"), "locked by another program"),
        (_sqlite("SQLITE_FULL"), "disk with the database is full"),
        (_sqlite("SQLITE_IOERR_WRITE"), "disk"),
        (_sqlite("SQLITE_READONLY_DBMOVED"), "only be read"),
        (_sqlite("SQLITE_CANTOPEN"), "cannot be opened"),
        (_sqlite("SQLITE_CORRUPT"), "damaged"),
        (_sqlite("SQLITE_ERROR", "no such table: people"), "missing"),
        (_postgres("57P01"), "shutting down"),
        (_postgres("53300"), "connections"),
        (_postgres("28P01"), "password"),
        (_postgres("3D000"), "no database of the name"),
        (_postgres("25006"), "only be read"),
        (_postgres("42P01"), "missing"),
        (_postgres("40P01"), "again and again"),
    ],
)
def test_what_no_code_can_mend_is_unavailable_with_a_reason(error: DBAPIError, words: str) -> None:
    known = domain_error(error)
    assert isinstance(known, UnavailableError)
    assert words in known.message
    assert "secret parameter" not in known.message


@pytest.mark.parametrize("error", [_sqlite("SQLITE_ERROR", "near SELEKT: syntax error"), _postgres("42601")])
def test_a_bug_of_ours_stays_one(error: DBAPIError) -> None:
    assert domain_error(error) is None
    with pytest.raises(type(error)), explained():
        raise error


@pytest.mark.parametrize("error", [_sqlite("SQLITE_CONSTRAINT_FOREIGNKEY"), _postgres("23503")])
def test_a_reference_to_nothing_is_a_conflict(error: IntegrityError) -> None:
    assert is_foreign_key_violation(error)
    assert not is_unique_violation(error)
    assert isinstance(domain_error(error), ConflictError)


@pytest.mark.parametrize(
    "error", [_sqlite("SQLITE_CONSTRAINT_UNIQUE"), _sqlite("SQLITE_CONSTRAINT_PRIMARYKEY"), _postgres("23505")]
)
def test_a_value_twice_is_known_as_such(error: IntegrityError) -> None:
    assert is_unique_violation(error)
    assert not is_foreign_key_violation(error)
    assert domain_error(error) is None


@pytest.mark.parametrize(("state", "again"), [("40001", True), ("40P01", True), ("23503", True), ("23505", False)])
def test_what_somebody_else_was_in_the_way_of_is_tried_again(state: str, again: bool) -> None:
    assert is_worth_retrying(_postgres(state)) is again


@pytest.mark.parametrize(
    "error", [PoolTimeoutError("QueuePool"), ConnectionRefusedError("db.internal"), TimeoutError()]
)
def test_a_database_that_does_not_answer_is_unavailable(error: Exception) -> None:
    with pytest.raises(UnavailableError) as failure, explained():
        raise error
    assert "db.internal" not in failure.value.message
