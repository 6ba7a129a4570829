"""Statements for any table: a row by its id, and inserts that expect a conflict, built for each database.

They are built once for each table. A conflict met this way leaves the transaction alive, where an IntegrityError
would end it on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.db.prepared import Prepared

Row = Mapping[str, Any]


def row_of(table: Table, thing: object) -> Row:
    """The row of a thing whose attributes are named as the columns; the database itself counts `sequence`."""
    return {column.name: getattr(thing, column.name) for column in table.columns if column.name != "sequence"}


def inserted(connection: Connection, table: Table, row: Row) -> bool:
    """Insert `row`, and say whether that was possible: False where a unique column has such a value already."""
    return _insert_or_nothing(connection.dialect.name, table).run(connection, row) == 1


def insert_missing(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert those of `rows` that no unique column has already."""
    if wanted := list(rows):
        _insert_or_nothing(connection.dialect.name, table).run_each(connection, wanted)


def upsert_all(connection: Connection, table: Table, key: tuple[str, ...], rows: Iterable[Row]) -> None:
    """`upsert` for many rows at one go."""
    if wanted := list(rows):
        _insert_or_replace(connection.dialect.name, table, key).run_each(connection, wanted)


def upsert(connection: Connection, table: Table, key: tuple[str, ...], row: Row) -> None:
    """Insert `row`, or put it in place of the one with the same values in the columns of `key`."""
    _insert_or_replace(connection.dialect.name, table, key).run(connection, row)


@cache
def by_id(table: Table) -> Prepared:
    """The row of a table with that `id`."""
    return Prepared(select(table).where(table.c.id == bindparam("id")))


def insert_into(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say ON CONFLICT in the dialect's words."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def _insert_or_nothing(dialect: str, table: Table) -> Prepared:
    return Prepared(insert_into(dialect, table).on_conflict_do_nothing().inline())


@cache
def _insert_or_replace(dialect: str, table: Table, key: tuple[str, ...]) -> Prepared:
    statement = insert_into(dialect, table)
    kept = {*key, *table.primary_key.columns.keys()}
    changed = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in kept}
    return Prepared(statement.on_conflict_do_update(index_elements=key, set_=changed).inline())
