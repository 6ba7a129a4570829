"""The revision that brings freezes that come back: windows from before hold once, for all components."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, text

from bot.db.migrations.versions import v0001_first, v0002_c_homes_and_announcements, v0003_f_freezes


def test_a_window_from_before_holds_once_for_all(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        v0001_first.upgrade()
        values = "'00000000000000000000000000000001', 'w', 'w', '2026-01-01', '2026-01-02', ''"
        columns = "id, name, name_key, starts_at, ends_at, reason"
        connection.execute(text(f"INSERT INTO freeze_windows ({columns}) VALUES ({values})"))
        v0002_c_homes_and_announcements.upgrade()
        v0003_f_freezes.upgrade()
        row = connection.execute(text("SELECT components, recurrence FROM freeze_windows")).one()
        assert tuple(row) == (None, None)
        assert connection.execute(text("SELECT count(*) FROM calendars")).scalar_one() == 0
    engine.dispose()


def test_there_is_no_way_back() -> None:
    with pytest.raises(RuntimeError, match="backup"):
        v0003_f_freezes.downgrade()
