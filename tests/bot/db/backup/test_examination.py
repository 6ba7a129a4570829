"""An examination sees what is lost or changed, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.db.backup.examination import Contents, examine
from bot.db.backup.files import BackupError
from bot.db.schema import head_revision
from bot.db.tables import metadata
from bot.db.urls import parse_url
from core.evidence.log.merkle import leaf_hash, node_hash
from tests.bot.db.backup.conftest import LEAVES


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(parse_url(url))
    async with engine.connect() as connection:  # closed without a commit: the database is others' too
        yield connection
    await engine.dispose()


async def examined(url: str, *statements: str) -> Contents:
    """Tamper with the database, then examine it."""
    async with connected(url) as connection:
        for each in statements:
            await connection.execute(text(each))
        return await connection.run_sync(examine)


async def test_what_is_in_it_is_counted_and_the_log_is_hashed_again(filled_url: str) -> None:
    contents = await examined(filled_url)
    assert (contents.revision, contents.promotions, contents.decisions) == (head_revision(), 1, 1)
    assert contents.rows["people"] == 3
    assert set(contents.rows) == set(metadata.tables)
    assert (contents.log.origin, contents.log.size) == ("example.com/log", LEAVES)
    async with connected(filled_url) as connection:
        leaves = (await connection.execute(text("SELECT content FROM log_leaves ORDER BY position"))).scalars().all()
    a, b, c, d, e = (leaf_hash(bytes(leaf)) for leaf in leaves)
    assert contents.log.root == node_hash(node_hash(node_hash(a, b), node_hash(c, d)), e)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("DELETE FROM log_leaves WHERE position = 4", "does not have the leaves"),
        ("DELETE FROM log_leaves WHERE position = 1", "does not have the leaves"),
        ("UPDATE log_leaves SET position = 9 WHERE position = 2", "does not have the leaves"),
        ("UPDATE log_state SET size = 3", "does not have the leaves"),
        ("UPDATE log_checkpoints SET root = log_state.peaks FROM log_state", "does not begin with the 3 entries"),
        ("UPDATE log_checkpoints SET size = 6", "does not begin with the 6 entries"),
        ("DELETE FROM evidence_packets", "1 decided promotions have no evidence"),
        ("UPDATE alembic_version SET version_num = '9999'", "revision 9999, which this version does not know"),
        ("DELETE FROM alembic_version", "no tables of Countersign"),
    ],
)
async def test_what_is_lost_or_changed_is_seen(filled_url: str, harm: str, words: str) -> None:
    with pytest.raises(BackupError, match=words) as found:
        await examined(filled_url, harm)
    assert found.value.hint


async def test_a_database_of_an_earlier_version_has_no_log_yet(filled_url: str) -> None:
    drops = [f"DROP TABLE {name}" for name in ("log_cosignatures", "log_checkpoints", "log_leaves", "log_state")]
    contents = await examined(filled_url, *drops, "UPDATE alembic_version SET version_num = '0003f'")
    assert (contents.revision, contents.log.size, contents.promotions) == ("0003f", 0, 1)
    assert "log_leaves" not in contents.rows
