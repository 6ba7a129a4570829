"""One page of a list, the same way for all: by keyset where a mark is given, by offset where a page is numbered.

A list is sorted by columns of which the last is unique, so that every entry has a place of its own. What is filtered by
one of several values (`branches`: one select for each) is walked along an index for each value and merged, because no
index is sorted across values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, func, literal, select, tuple_, union_all
from sqlalchemy import Row as TableRow

from core.app.pages import REACH, Mark, Page, PageRequest, page_from
from core.errors import InvalidError

T = TypeVar("T")
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
        values = (mark.by,) if mark.then is None else (mark.by, mark.then)
        kinds = [column.type.python_type for column in self.columns]
        if mark.of != self.table.name or len(values) != len(kinds) or not all(map(isinstance, values, kinds)):
            raise InvalidError(
                "The cursor belongs to another list",
                hint="Take the nextCursor of a page of this list, as it is.",
                field="cursor",
            )
        place = [literal(value, column.type) for value, column in zip(values, self.columns, strict=True)]
        if len(place) == 1:
            return self.columns[0] < place[0] if self.falling else self.columns[0] > place[0]
        here, there = tuple_(*self.columns), tuple_(*place)
        return here < there if self.falling else here > there

    def mark(self, row: TableRow[Any]) -> Mark:
        """Where a row stands."""
        return Mark(self.table.name, *(row._mapping[column.name] for column in self.columns))


def page_of(
    connection: Connection,
    matching: Select[Any],
    order: Order,
    request: PageRequest,
    things: Callable[[Rows], Iterable[T]],
    *,
    branches: Sequence[Select[Any]] = (),
) -> Page[T]:
    """One page of what is `matching`, which is all that is in `branches` where these are given; `things` reads rows."""
    counted = None if request.after else connection.execute(_counting(matching)).scalar_one()
    rows = _merged(connection, branches, order, request) if len(branches) > 1 else ()
    if len(branches) <= 1:
        rows = connection.execute(_part(branches[0] if branches else matching, order, request)).all()
    page = page_from(rows, request, counted, order.mark)
    return Page(tuple(things(page.items)), request, page.total, page.exact, page.next)


def unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column in words that leave a planner without statistics no wrong index to choose."""
    return func.coalesce(column, column)


def _counting(matching: Select[Any]) -> Select[Any]:
    some = matching.with_only_columns(literal(1), maintain_column_froms=True).limit(REACH + 1)
    return select(func.count()).select_from(some.subquery())


def _part(matching: Select[Any], order: Order, request: PageRequest) -> Select[Any]:
    """The page and one more row, which says whether the list goes on."""
    if request.after:
        return order.sorted(matching.where(order.beyond(request.after))).limit(request.size + 1)
    return order.sorted(matching).limit(request.size + 1).offset(request.offset)


def _merged(connection: Connection, branches: Sequence[Select[Any]], order: Order, request: PageRequest) -> Rows:
    *_, key = order.columns
    chosen = connection.execute(_keys(branches, order, request)).scalars().all()
    # Another statement, for a planner might walk the whole table in order and ask for each row whether it is chosen.
    rows = connection.execute(select(order.table).where(key.in_(chosen))).all() if chosen else ()
    found = {row._mapping[key.name]: row for row in rows}
    return [found[value] for value in chosen]


def _keys(branches: Sequence[Select[Any]], order: Order, request: PageRequest) -> Select[Any]:
    reach = request.size + 1 + (0 if request.after else request.offset)
    keys = (branch.with_only_columns(*order.columns) for branch in branches)
    after = request.after
    parts = (order.sorted(each.where(order.beyond(after)) if after else each).limit(reach) for each in keys)
    merged = union_all(*(select(part.subquery()) for part in parts)).subquery()
    columns = [merged.c[column.name] for column in order.columns]
    first = select(columns[-1]).order_by(*(column.desc() if order.falling else column.asc() for column in columns))
    return first.limit(request.size + 1).offset(0 if after else request.offset)
