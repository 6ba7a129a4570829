"""The revision after which nothing waits for a runner that is not there any more."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, insert, text

from bot.db import tables
from bot.db.migrations.versions import v0001_first, v0003_c_reminders
from tests.support.clock import MORNING, nth_id


def test_errands_that_nobody_runs_are_gone_and_others_stay(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        v0001_first.upgrade()
        for errand in ("remind", "card"):
            row = {"key": f"{errand}:1", "errand": errand, "subject_id": nth_id(1), "generation": 1, "attempts": 0}
            times = {"created_at": MORNING, "due_at": MORNING, "error": "", "correlation_id": ""}
            connection.execute(insert(tables.outbox_entries), row | times)
        v0003_c_reminders.upgrade()
        assert connection.execute(text("SELECT key FROM outbox_entries")).scalars().all() == ["card:1"]
    engine.dispose()


def test_there_is_no_way_back() -> None:
    with pytest.raises(RuntimeError, match="backup"):
        v0003_c_reminders.downgrade()
