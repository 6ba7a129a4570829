"""Killed at any moment, the store has everything that was acknowledged, whole, and nothing by halves."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from bot.db.database import open_database
from bot.db.urls import parse_url, sqlite_file
from core.app.pages import PageRequest
from core.app.ports import PromotionFilter, Store
from tests.bot.db.samples import fill
from tests.core.evidence.log.oracle import Kept

ROOT = Path(__file__).parents[3]


def _acknowledged_until_killed(url: str, count: int) -> set[UUID]:
    """Start the writing program, kill it after `count` lines, and return all that it managed to say."""
    command = [sys.executable, "-m", "tests.bot.db.writing_program", url]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert program.stdout is not None
    lines = [program.stdout.readline() for _ in range(count)]
    program.kill()
    lines += program.stdout.readlines()
    program.stdout.close()
    assert program.wait() == -9, "it was killed, it did not fail"
    return {UUID(line.strip()) for line in lines if line.endswith("\n")}


@pytest.mark.parametrize("count", [1, 40, 200])
async def test_no_acknowledged_write_is_lost(store_url: str, count: int) -> None:
    database = open_database(store_url)
    await database.write(fill)
    await database.close()
    acknowledged = _acknowledged_until_killed(store_url, count)
    assert len(acknowledged) >= count

    def look(store: Store) -> set[UUID]:
        ids = set(store.promotions.open_ids())
        for id in ids:
            stored = store.promotions.get(id)
            assert stored
            assert len(stored.votes) == stored.version == len(store.audit.of(id)) == 1
        assert store.outbox.depth().waiting == len(ids)
        leaves = store.log.entries(0, len(ids) + 1)
        assert {UUID(bytes=leaf) for leaf in leaves} == ids, "a leaf for each, and none without"
        assert store.log.state().frontier == Kept(leaves).frontier
        assert store.promotions.page(PromotionFilter(), PageRequest()).total == len(ids)
        return ids

    database = open_database(store_url)
    stored = await database.read(look)
    await database.close()
    assert acknowledged <= stored
    if database.kind == "sqlite":
        _require_sound(sqlite_file(parse_url(store_url)))


def _require_sound(path: Path) -> None:
    file = sqlite3.connect(path)
    assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert file.execute("PRAGMA foreign_key_check").fetchall() == []
    file.close()
