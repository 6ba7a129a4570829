"""The revision that remembers how user groups were read: groups from before were never read."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, text

from bot.db.migrations.versions import v0001_first, v0002_c_homes_and_announcements, v0002_d_usergroups


def test_a_group_from_before_was_never_read(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        v0001_first.upgrade()
        values = "'00000000000000000000000000000001', 'sres', 'sres', 'S01'"
        connection.execute(text(f"INSERT INTO approver_groups (id, name, name_key, slack_usergroup) VALUES ({values})"))
        v0002_d_usergroups.upgrade()
        assert connection.execute(text("SELECT reading FROM approver_groups")).scalar_one() is None
    engine.dispose()


def test_it_has_its_place_in_the_chain_and_there_is_no_way_back() -> None:
    assert v0002_d_usergroups.down_revision == v0002_c_homes_and_announcements.revision
    with pytest.raises(RuntimeError, match="backup"):
        v0002_d_usergroups.downgrade()
