"""A database with a decision in it, and PostgreSQL's programs where they are found."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio

from bot.db.database import open_database
from core.app.ports import Store
from core.app.transparency import StoredCheckpoint
from core.domain.promotion import Status
from core.evidence.log.entries import LogEntry, decision_entry
from tests.bot.db.samples import fill, promotion
from tests.core.evidence.samples import record, sealed
from tests.support.clock import MORNING, nth_id
from tests.support.postgres import PostgresCluster

LEAVES = 5
SIGNED = 3


def _decided(store: Store) -> None:
    packet = sealed()
    fill(store)
    store.log.locked()
    store.log.name("example.com/log")
    store.evidence.put_key(record(not_before=MORNING))
    store.promotions.add(promotion(id=packet.promotion_id, status=Status.CANCELLED, decided_at=MORNING))
    store.evidence.add(packet)
    store.log.append(decision_entry(packet))
    for number in range(1, SIGNED):
        store.log.append(LogEntry(nth_id(number), MORNING, f"leaf {number}".encode()))


def _more(store: Store) -> None:
    state = store.log.state()
    store.log.add_checkpoint(StoredCheckpoint(state.size, state.frontier.root, "a note", MORNING))
    for number in range(SIGNED, LEAVES):
        store.log.append(LogEntry(nth_id(number), MORNING, f"leaf {number}".encode()))


@pytest_asyncio.fixture
async def filled_url(store_url: str) -> str:
    """A database with one decided promotion, five leaves, and a checkpoint of the first three."""
    database = open_database(store_url)
    await database.write(_decided)
    await database.write(_more)
    await database.close()
    return store_url


@pytest.fixture
def postgres_programs(postgres_cluster: PostgresCluster, monkeypatch: pytest.MonkeyPatch) -> PostgresCluster:
    """`pg_dump` and `pg_restore` in the PATH."""
    monkeypatch.setenv("PATH", str(postgres_cluster.programs), prepend=":")
    return postgres_cluster


def names(folder: Path) -> list[str]:
    """What is in a folder, drafts too."""
    return sorted(file.name for file in folder.iterdir())
