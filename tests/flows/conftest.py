from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.world import World, world


@pytest.fixture
async def w(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """The whole product, once on SQLite and once on PostgreSQL."""
    async with world(database_url, tmp_path) as made:
        yield made
