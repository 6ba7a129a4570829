from __future__ import annotations

import pytest

from tests.core.app.room import Room


@pytest.fixture
async def room() -> Room:
    """All use cases over a store in memory; see `tests.core.app.room`."""
    return await Room().furnish()
