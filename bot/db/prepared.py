"""Statements that are known beforehand: made, and translated for each database, once, and then run by its driver.

SQLAlchemy looks a statement up, prepares it and describes its result anew each time it is executed, which takes longer
than SQLite takes to run it. What every request does is prepared here; all else goes through SQLAlchemy. Either way
values are bound and read by the columns' own types, and what goes wrong is the same DBAPIError.

Whoever uses a prepared statement is inside a transaction that SQLAlchemy has begun (`Connection.begin`).
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Select, Update
from sqlalchemy.sql.compiler import SQLCompiler

Statement = Select[Any] | Update | Insert
Values = Mapping[str, Any]
Convert = Callable[[Any], Any] | None
MOST_PLANS = 128
"""How many plans of one statement are kept: there is one for each length of a list that it was given."""


class Prepared:
    """One statement. Its values are those of its `bindparam`s; of an INSERT, those of the columns in the row.

    A `bindparam(..., expanding=True)` takes a list that is not empty.
    """

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._plans: dict[tuple[Any, ...], _Plan] = {}

    def all(self, connection: Connection, **values: Any) -> list[Any]:
        """The rows, each a tuple with the columns as attributes."""
        return self._plan(connection, values).rows(connection, values)

    def one(self, connection: Connection, **values: Any) -> Any | None:
        """The only row, the first of several, or None."""
        return next(iter(self.all(connection, **values)), None)

    def run(self, connection: Connection, values: Values) -> int:
        """Change something, and say how many rows were."""
        return self._plan(connection, values).run(connection, values)

    def run_each(self, connection: Connection, values: Sequence[Values]) -> None:
        """Change something for each of these values, which have the same names."""
        self._plan(connection, values[0]).run_each(connection, values)

    def _plan(self, connection: Connection, values: Values) -> _Plan:
        lists = [(name, len(value)) for name, value in values.items() if isinstance(value, list)]
        inserts = tuple(values) if self._statement.is_insert else ()
        key = (connection.dialect.name, *lists) if lists and not inserts else (connection.dialect.name, inserts)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
            plan = self._plans[key] = _Plan(self._statement, connection.dialect, values)
        return plan


class _Plan:
    """A statement in the words of one database, with what converts its values and the columns of its rows."""

    def __init__(self, statement: Statement, dialect: Dialect, values: Values) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(values) if statement.is_insert else None)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError("only statements about rows can be prepared")
        self.sql = compiled.construct_expanded_state(values).statement
        self._binds = tuple(_binds(compiled, dialect, values))
        self._dialect = dialect
        self._columns = tuple(statement.selected_columns) if isinstance(statement, Select) else ()
        names = [column.name for column in self._columns]
        self._row: Any = namedtuple("Row", names) if names else tuple
        self._converts: tuple[tuple[int, Callable[[Any], Any]], ...] | None = None

    def rows(self, connection: Connection, wanted: Values) -> list[Any]:
        found, description = self._executed(connection, self._bound(wanted), _fetched)
        if self._converts is None:
            self._converts = tuple(self._conversions(description))
        rows = []
        for row in found:
            values = list(row)
            for place, convert in self._converts:
                values[place] = convert(values[place])
            rows.append(self._row._make(values))
        return rows

    def _conversions(self, description: Any) -> Iterable[tuple[int, Callable[[Any], Any]]]:
        """The places of columns whose values are not as the driver gives them, with what makes them so."""
        for place, (column, described) in enumerate(zip(self._columns, description, strict=True)):
            convert = column.type.dialect_impl(self._dialect).result_processor(self._dialect, described[1])
            if convert is not None:
                yield place, convert

    def run(self, connection: Connection, values: Values) -> int:
        count: int = self._executed(connection, self._bound(values), _counted)
        return count

    def run_each(self, connection: Connection, values: Iterable[Values]) -> None:
        self._executed(connection, [self._bound(each) for each in values], _counted, many=True)

    def _bound(self, values: Values) -> tuple[Any, ...]:
        return tuple([bind(values) for bind in self._binds])

    def _executed(self, connection: Connection, bound: Any, then: Callable[[Any], Any], *, many: bool = False) -> Any:
        if not connection.in_transaction():
            raise RuntimeError("a prepared statement needs a transaction that has begun")
        cursor = connection.connection.cursor()
        try:
            if many:
                cursor.executemany(self.sql, bound)
            else:
                cursor.execute(self.sql, bound)
            return then(cursor)
        except self._dialect.loaded_dbapi.Error as error:
            # Told as SQLAlchemy tells it, which also gives up what is lost: this connection, and its pool's.
            connection._handle_dbapi_exception(error, self.sql, None, cursor, None)
        finally:
            cursor.close()


def _fetched(cursor: Any) -> tuple[list[Any], Any]:
    return cursor.fetchall(), cursor.description


def _counted(cursor: Any) -> int:
    count: int = cursor.rowcount
    return count


def _binds(compiled: SQLCompiler, dialect: Dialect, values: Values) -> Iterable[Callable[[Values], Any]]:
    """For each place of a value in the statement, what finds it and what the database is given for it."""
    expanded = compiled.construct_expanded_state(values)
    in_lists = {
        place: (name, number) for name, own in expanded.parameter_expansion.items() for number, place in enumerate(own)
    }
    for place in expanded.positiontup or ():
        name, number = in_lists.get(place, (place, None))
        convert = compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
        yield _bind(name, number, convert) if name in values else _always(expanded.parameters[place], convert)


def _bind(name: str, number: int | None, convert: Convert) -> Callable[[Values], Any]:
    if number is not None:
        return lambda values: convert(values[name][number]) if convert else values[name][number]
    return lambda values: convert(values[name]) if convert else values[name]


def _always(value: Any, convert: Convert) -> Callable[[Values], Any]:
    bound = convert(value) if convert else value
    return lambda _values: bound
