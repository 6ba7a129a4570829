from __future__ import annotations

from pathlib import Path

import pytest

from bot import upkeep
from bot.settings import load_settings
from core.errors import UnavailableError


async def test_looking_makes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "c.db"
    with pytest.raises(UnavailableError, match="There is no database file"):
        await upkeep.require_current(load_settings(database_url=f"sqlite:///{file}"))
    assert not file.exists()


async def test_an_empty_database_is_not_current_and_a_migrated_one_is(tmp_path: Path) -> None:
    settings = load_settings(database_url=f"sqlite:///{tmp_path / 'c.db'}")
    (tmp_path / "c.db").touch()
    with pytest.raises(UnavailableError, match="revision"):
        await upkeep.require_current(settings)
    assert await upkeep.migrate(settings) == await upkeep.require_current(settings)


async def test_what_is_stored_can_be_read(tmp_path: Path) -> None:
    settings = load_settings(database_url=f"sqlite:///{tmp_path / 'c.db'}")
    await upkeep.migrate(settings)
    async with upkeep.looking_in(settings) as database:
        assert await database.read(lambda store: store.people.all()) == ()
