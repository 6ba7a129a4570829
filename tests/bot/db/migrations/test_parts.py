"""What revisions are made of has the names that `bot.db.tables` gives."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from bot.db.migrations.parts import COUNTED, KEY, index, only, primary, reference, unique
from bot.db.tables import metadata


def test_names_follow_the_convention() -> None:
    names = {str(constraint.name) for table in metadata.sorted_tables for constraint in table.constraints}
    parts = (
        primary("votes", "promotion_id", "person_id"),
        unique("releases", "name_key"),
        reference("votes", "person_id", "people.id"),
    )
    assert {str(part.name) for part in parts} <= names


@pytest.mark.parametrize(("kind", "key", "counted"), [("sqlite", "VARCHAR", "INTEGER"), ("postgresql", "C", "BIGINT")])
def test_types_are_those_of_the_database(kind: str, key: str, counted: str) -> None:
    dialect = sa.make_url(f"{kind}://").get_dialect()()
    assert key in KEY.compile(dialect)
    assert COUNTED.compile(dialect) == counted


def test_an_index_can_be_of_some_rows_only() -> None:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        connection.execute(sa.text("CREATE TABLE things (name, done)"))
        index("things", "name", "done", **only("done IS NULL"))
        stored = connection.execute(sa.text("SELECT sql FROM sqlite_master WHERE type = 'index'")).scalar_one()
    engine.dispose()
    assert stored == "CREATE INDEX ix_things_name_done ON things (name, done) WHERE done IS NULL"
