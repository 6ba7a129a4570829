"""One page of a list, the same way for all: by keyset where a mark is given, by offset where a page is numbered.

A list is sorted by columns of which the last is unique, so that every entry has a place of its own. What is filtered by
one of several values (one branch, a select, for each) is walked along an index for each value and merged, because no
index is sorted across values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    func,
    literal,
    select,
    tuple_,
    union_all,
)
from sqlalchemy import Row as TableRow

from core.app.pages import REACH, Mark, Page, PageRequest, page_from
from core.errors import InvalidError

T = TypeVar("T")
KEPT = 64
"""How many statements made by `merging` a list keeps: which ones there are is up to whoever asks for the list."""
Rows = Sequence[TableRow[Any]]


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: by one column or two, the last one unique."""

    columns: tuple[Column[Any], ...]
    falling: bool = True

    @property
    def table(self) -> Table:
        """The table that is listed; its name is the list's."""
        table: Table = self.columns[0].table
        return table

    def sorted(self, rows: Select[Any]) -> Select[Any]:
        """These rows in order."""
        return rows.order_by(*(column.desc() if self.falling else column.asc() for column in self.columns))

    def beyond(self, mark: Mark) -> ColumnElement[bool]:
        """Whether a row comes after the mark. Raises InvalidError for a mark of another list."""
        values = zip(self.place(mark), self.columns, strict=True)
        return self.after(*(literal(value, column.type) for value, column in values))

    def after(self, *place: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether a row comes after a place, one value for each column."""
        if len(place) == 1:
            return self.columns[0] < place[0] if self.falling else self.columns[0] > place[0]
        here, there = tuple_(*self.columns), tuple_(*place)
        return here < there if self.falling else here > there

    def place(self, mark: Mark) -> tuple[Any, ...]:
        """The mark's values, one for each column. Raises InvalidError for a mark of another list."""
        values = (mark.by,) if mark.then is None else (mark.by, mark.then)
        kinds = [column.type.python_type for column in self.columns]
        if mark.of != self.table.name or len(values) != len(kinds) or not all(map(isinstance, values, kinds)):
            raise InvalidError(
                "The cursor belongs to another list",
                hint="Take the nextCursor of a page of this list, as it is.",
                field="cursor",
            )
        return values

    def mark(self, row: TableRow[Any]) -> Mark:
        """Where a row stands."""
        return Mark(self.table.name, *(row._mapping[column.name] for column in self.columns))


@dataclass(frozen=True, slots=True)
class Merged:
    """What finds the keys of a page among several branches, and the values of its own parameters."""

    statement: Select[Any]
    values: Mapping[str, Any]


def page_of(
    connection: Connection,
    matching: Select[Any],
    order: Order,
    request: PageRequest,
    things: Callable[[Rows], Iterable[T]],
    *,
    merged: Merged | None = None,
) -> Page[T]:
    """One page of what is `matching`, found by `merged` where that is given; `things` reads rows."""
    counted = None if request.after else connection.execute(_counting(matching)).scalar_one()
    rows = _picked(connection, merged, order, request) if merged else _part(connection, matching, order, request)
    page = page_from(rows, request, counted, order.mark)
    return Page(tuple(things(page.items)), request, page.total, page.exact, page.next)


def merging(branches: Iterable[Select[Any]], order: Order, *, on: bool) -> Select[Any]:
    """A statement for the keys of a page of all branches; `on` is for pages behind a mark. To be kept: it is costly."""
    beyond = order.after(*(bindparam(f"mark_{number}", type_=each.type) for number, each in enumerate(order.columns)))
    parts = (order.sorted(each.with_only_columns(*order.columns)) for each in branches)
    limited = ((part.where(beyond) if on else part).limit(bindparam("reach")) for part in parts)
    merged = union_all(*(select(part.subquery()) for part in limited)).subquery()
    columns = [merged.c[column.name] for column in order.columns]
    first = select(columns[-1]).order_by(*(column.desc() if order.falling else column.asc() for column in columns))
    return first.limit(bindparam("most")).offset(bindparam("skipped"))


def among(column: ColumnElement[Any], values: Set[Any]) -> ColumnElement[bool]:
    """Whether a column has one of these values. One alone is compared with, so that an index is sorted behind it."""
    first, *more = sorted(values)
    return column.in_([first, *more]) if more else column == first


def unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column in words that leave a planner without statistics no wrong index to choose."""
    return func.coalesce(column, column)


def _counting(matching: Select[Any]) -> Select[Any]:
    some = matching.with_only_columns(literal(1), maintain_column_froms=True).limit(REACH + 1)
    return select(func.count()).select_from(some.subquery())


def _part(connection: Connection, matching: Select[Any], order: Order, request: PageRequest) -> Rows:
    """The page and one more row, which says whether the list goes on."""
    wanted = matching if request.after is None else matching.where(order.beyond(request.after))
    part = order.sorted(wanted).limit(request.size + 1).offset(_skipped(request) or None)
    return connection.execute(part).all()


def _picked(connection: Connection, merged: Merged, order: Order, request: PageRequest) -> Rows:
    skipped = _skipped(request)
    most = request.size + 1
    limits = {"reach": skipped + most, "most": most, "skipped": skipped}
    marks = order.place(request.after) if request.after else ()
    values = {**merged.values, **limits, **{f"mark_{number}": value for number, value in enumerate(marks)}}
    chosen = connection.execute(merged.statement, values).scalars().all()
    # Another statement, for a planner might walk the whole table in order and ask for each row whether it is chosen.
    *_, key = order.columns
    rows = connection.execute(select(order.table).where(key.in_(chosen))).all() if chosen else ()
    found = {row._mapping[key.name]: row for row in rows}
    return [found[value] for value in chosen]


def _skipped(request: PageRequest) -> int:
    return request.offset if request.after is None else 0
