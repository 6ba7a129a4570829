"""Column types and constraints as revisions write them. Revisions rely on these as they are: they never change."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def primary(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def unique(table: str, column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(column, name=f"uq_{table}_{column}")


def reference(table: str, column: str, target: str, ondelete: str = "RESTRICT") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}", ondelete=ondelete)


def check(table: str, rule: str, condition: str) -> sa.CheckConstraint:
    # Marked as complete, or the naming convention of our tables would put its prefix before it once more.
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{rule}"))


def index(table: str, *columns: str, **where: Any) -> None:
    op.create_index("_".join(("ix", table, *columns)), table, list(columns), **where)


def only(condition: str) -> dict[str, Any]:
    """The condition of a partial index."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
