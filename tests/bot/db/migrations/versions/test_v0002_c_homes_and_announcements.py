"""App Homes and announcements."""

from __future__ import annotations

import pytest

from bot.db.database import open_database
from bot.db.migrations.versions import v0002_c_homes_and_announcements as revision
from bot.db.schema import migrate
from core.domain.environment import Environment
from tests.support.clock import nth_id


async def test_an_environment_that_says_nothing_of_it_announces_nothing(sqlite_url: str) -> None:
    await migrate(sqlite_url)
    database = open_database(sqlite_url)
    try:
        await database.write(lambda store: store.environments.add(Environment(nth_id(1), "staging")))
        (environment,) = await database.read(lambda store: store.environments.all())
        assert not environment.announce
    finally:
        await database.close()


def test_there_is_no_way_back() -> None:
    assert revision.down_revision == "0002b"
    with pytest.raises(RuntimeError, match="backup"):
        revision.downgrade()
