"""The revision that brings the log: what was decided before it is in it after the first start, in order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.bootstrap import build_core
from bot.db.database import open_database
from bot.db.migrations.versions import v0003_f_freezes, v0003_g_transparency_log
from bot.settings import Settings
from core.app.ports import Store
from core.domain.promotion import Status
from core.evidence.log.entries import decision_entry
from tests.bot.db.samples import fill, promotion
from tests.core.evidence.samples import SIGNER, record, sealed
from tests.support.clock import MORNING


def test_there_is_no_way_back() -> None:
    assert v0003_g_transparency_log.down_revision == v0003_f_freezes.revision
    with pytest.raises(RuntimeError, match="backup"):
        v0003_g_transparency_log.downgrade()


async def test_the_first_start_after_the_upgrade_puts_earlier_decisions_into_the_log(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(COUNTERSIGN_DATABASE_URL=store_url, COUNTERSIGN_LOG_ORIGIN="example.com/log")
    packet = sealed()

    def before(store: Store) -> None:
        fill(store)
        store.evidence.put_key(record(not_before=MORNING))
        store.promotions.add(promotion(id=packet.promotion_id, status=Status.CANCELLED, decided_at=MORNING))
        store.evidence.add(packet)

    database = open_database(store_url)
    await database.write(before)
    await database.close()
    for _ in range(2):
        async with build_core(settings) as core:
            entries = await core.database.read(lambda store: store.log.entries(0, 9))
            head = (await core.countersign.proving.checkpoint()).checkpoint
    kinds = [json.loads(entry).get("action", "decision") for entry in entries]
    assert kinds == ["signing_key:registered", "decision", "signing_key:registered"]
    assert entries[1] == decision_entry(packet).content
    assert (head.origin, head.size) == ("example.com/log", 3)
    assert SIGNER.key_ref in entries[0].decode()
