"""Both databases that the product supports, as SQLAlchemy URLs."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A database file that does not exist yet, in the test's own folder."""
    return f"sqlite+aiosqlite:///{tmp_path / 'countersign.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database; the test runs once for each kind."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_database"
    return cast(str, request.getfixturevalue(fixture))
