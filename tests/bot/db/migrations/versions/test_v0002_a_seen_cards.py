"""The revision that keeps what voters saw: rows from before survive it."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine, create_engine, inspect, text

from bot.db.migrations.versions import v0001_first, v0002_a_seen_cards


def _run(engine: Engine, revision: object) -> None:
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        revision.upgrade()  # type: ignore[attr-defined]


def test_a_release_from_before_has_no_address_of_its_changes(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    _run(engine, v0001_first)
    values = "'00000000000000000000000000000001', 'a', 'a', 'app', '1', '2026-01-10', '[]', '[]', ''"
    columns = "id, name, name_key, component, version, created_at, artifacts, authors, source_ref"
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO releases ({columns}) VALUES ({values})"))
    _run(engine, v0002_a_seen_cards)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT changes_url FROM releases")).scalar_one() == ""
        added = {"votes": "seen", "promotions": "artifacts_digest"}
        assert all(name in {c["name"] for c in inspect(connection).get_columns(table)} for table, name in added.items())
    engine.dispose()


def test_it_follows_the_first_and_there_is_no_way_back() -> None:
    assert v0002_a_seen_cards.down_revision == v0001_first.revision
    with pytest.raises(RuntimeError, match="backup"):
        v0002_a_seen_cards.downgrade()
