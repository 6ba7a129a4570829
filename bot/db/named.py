"""What all catalogues of named things have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, exists, select, update
from sqlalchemy import Row as TableRow
from sqlalchemy.exc import IntegrityError

from bot.db.columns import findable
from bot.db.failures import is_foreign_key_violation, is_unique_violation
from bot.db.lists import Order, page_of
from bot.db.rules_lock import RulesLock
from bot.db.statements import Row, by_id, inserted
from bot.db.tables import REFERS_AS, metadata
from core.app.pages import Page, PageRequest
from core.domain.text import name_key
from core.errors import InUseError, NameTakenError, StaleVersionError

T = TypeVar("T")


class NamedRows(ABC, Generic[T]):
    """Things of one kind in one table, with what belongs to them in others (`_put_parts`)."""

    table: ClassVar[Table]
    called: ClassVar[str]
    """What one of them is called in a message."""

    def __init__(self, connection: Connection, rules: RulesLock) -> None:
        self._connection = connection
        self._rules = rules

    def get(self, id: UUID) -> T | None:
        return next(iter(self._things(by_id(self.table).all(self._connection, id=id))), None)

    def named(self, name: str) -> T | None:
        return self._one(self.table.c.name_key == name_key(name)) if findable(name) else None

    def all(self) -> tuple[T, ...]:
        return self._many(self._by_name())

    def page(self, request: PageRequest) -> Page[T]:
        by_name = Order((self.table.c.name_key,), falling=False)
        return page_of(self._connection, select(self.table), by_name, request, self._things)

    def add(self, thing: T) -> None:
        self._rules.change()
        row = self._row(thing)
        if not inserted(self._connection, self.table, row):
            raise self._name_taken(row)
        self._put_parts(thing)

    def replace(self, thing: T) -> None:
        self._rules.change()
        row = self._row(thing)
        try:
            with self._connection.begin_nested():
                changed = self._connection.execute(update(self.table).where(self.table.c.id == row["id"]).values(**row))
        except IntegrityError as error:
            if is_unique_violation(error):
                raise self._name_taken(row) from None
            raise
        if changed.rowcount == 0:
            raise StaleVersionError(f"The {self.called} {row['name']} was removed meanwhile")
        self._drop_parts(row["id"])
        self._put_parts(thing)

    def remove(self, id: UUID) -> None:
        self._rules.change()
        if users := self._users(id):
            raise self._in_use(users)
        try:
            with self._connection.begin_nested():
                self._connection.execute(delete(self.table).where(self.table.c.id == id))
        except IntegrityError as error:
            if is_foreign_key_violation(error):
                raise self._in_use(["something new"]) from None
            raise

    @abstractmethod
    def _row(self, thing: T) -> Row:
        """The thing's own row."""

    @abstractmethod
    def _things(self, rows: Sequence[TableRow[Any]]) -> Iterable[T]:
        """The things of these rows, in their order."""

    def _put_parts(self, thing: T) -> None:
        """Store what belongs to a thing in other tables."""

    def _drop_parts(self, id: UUID) -> None:
        """Forget what belongs to a thing in other tables, before it is stored anew."""

    def _one(self, condition: ColumnElement[bool]) -> T | None:
        return next(iter(self._many(select(self.table).where(condition))), None)

    def _many(self, query: Select[Any]) -> tuple[T, ...]:
        return tuple(self._things(self._connection.execute(query).all()))

    def _by_name(self) -> Select[Any]:
        return select(self.table).order_by(self.table.c.name_key, self.table.c.id)

    def _users(self, id: UUID) -> list[str]:
        questions = [
            exists().where(reference.parent == id).label(f"q{place}")
            for place, reference in enumerate(self._references())
        ]
        if not questions:
            return []
        answers = self._connection.execute(select(*questions)).one()
        words = (reference.parent.table.info[REFERS_AS] for reference in self._references())
        return sorted({word for word, answer in zip(words, answers, strict=True) if answer})

    def _references(self) -> list[Any]:
        return [
            reference
            for table in metadata.sorted_tables
            for reference in sorted(table.foreign_keys, key=str)
            if reference.column.table is self.table and reference.ondelete == "RESTRICT"
        ]

    def _name_taken(self, row: Row) -> NameTakenError:
        return NameTakenError(f"Another {self.called} is named {row['name']}", field="name", name=row["name"])

    def _in_use(self, users: list[str]) -> InUseError:
        return InUseError(
            f"This {self.called} is still used by {' and '.join(users)}",
            hint="Change or remove what uses it first.",
            usedBy=users,
        )
