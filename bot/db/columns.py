"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator, TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with microseconds: aware times go in, times in UTC come out, naive ones are refused.

    SQLite keeps them as text of one width, so that they sort and compare as they do on PostgreSQL.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"the time {value.isoformat()} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


KeyText: TypeEngine[str] = String().with_variant(String(collation="C"), "postgresql")
"""Text that is compared byte by byte everywhere: SQLite does so of itself, PostgreSQL asks the locale."""

Document = JSON(none_as_null=True)
"""JSON that nobody searches in. Not JSONB: that would put the keys into another order."""

Sequence: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
"""A number that the database counts up; SQLite does that for an INTEGER key only."""


def findable(text: str) -> bool:
    """Whether a database could hold `text` at all: PostgreSQL refuses NUL, and broken Unicode has no bytes."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
