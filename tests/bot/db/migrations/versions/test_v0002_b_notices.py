"""The revision that remembers what people were told: policies from before have no wishes."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, inspect, text

from bot.db.migrations.versions import v0001_first, v0002_a_seen_cards, v0002_b_notices


def test_a_policy_from_before_says_nothing_of_notices(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        v0001_first.upgrade()
        one = "'00000000000000000000000000000001'"
        connection.execute(text(f"INSERT INTO environments VALUES ({one}, 'a', 'a', NULL, 0, '', '{{}}')"))
        columns = "id, name, name_key, environment_id, required_approvals, require_separation_of_duties"
        connection.execute(text(f"INSERT INTO approval_policies ({columns}) VALUES ({one}, 'p', 'p', {one}, 1, 1)"))
        v0002_b_notices.upgrade()
        assert connection.execute(text("SELECT notify FROM approval_policies")).scalar_one() is None
        assert {"notices", "preferences", "channel_troubles"} <= set(inspect(connection).get_table_names())
    engine.dispose()


def test_there_is_no_way_back() -> None:
    assert v0002_b_notices.down_revision == v0002_a_seen_cards.revision
    with pytest.raises(RuntimeError, match="backup"):
        v0002_b_notices.downgrade()
