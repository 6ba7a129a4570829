"""The example world on a real database, without a server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.cli.configuration.applying import apply_configuration
from bot.cli.configuration.reading import read_configuration
from bot.cli.demo.configuration import demo_configuration
from bot.cli.demo.world import CLI, World
from bot.db.database import Database
from core.app.countersign import Countersign
from tests.support.clock import MORNING
from tests.support.wired import ports_on


@pytest.fixture
async def world(sqlite_database: Database) -> AsyncIterator[World]:
    """Everybody is there, and nothing has happened yet."""
    ports = ports_on(sqlite_database)
    await apply_configuration(ports, CLI, read_configuration(demo_configuration(MORNING).encode()))
    made = World(Countersign(ports))
    await made.let_in()
    yield made
