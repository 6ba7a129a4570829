"""The revision that keeps what is signed for other tools: packets from before have nothing there."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from bot.db.migrations.versions import v0001_first, v0003_h_attestations

INTO = "INSERT INTO attestations VALUES ('01', 'urn:a', 'application/vnd.in-toto+json', x'00', 'sig', 'key')"


def test_packets_have_one_of_a_kind_and_none_at_first(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        v0001_first.upgrade()
        v0003_h_attestations.upgrade()
        assert connection.execute(text("SELECT count(*) FROM attestations")).scalar_one() == 0
        connection.execute(text(INTO))
        with pytest.raises(IntegrityError):
            connection.execute(text(INTO))
    engine.dispose()


def test_there_is_no_way_back() -> None:
    with pytest.raises(RuntimeError, match="backup"):
        v0003_h_attestations.downgrade()
