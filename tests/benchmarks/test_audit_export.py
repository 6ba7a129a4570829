"""How an audit export grows: with ten times as many decisions it takes ten times as long, and hardly more memory.

The real command writes both exports, in a process of its own.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter, sleep

import psutil
import pytest

from bot.db.database import open_database
from core.app.ports import Store
from core.domain.policy import Electorate
from core.evidence.envelope import seal
from core.evidence.exports import attest
from core.evidence.log.entries import decision_entry
from core.evidence.packet import decision_content
from tests.bot.db.samples import BOB, CAROL, GATES, MANAGERS, SRES, fill, promotion, release, vote
from tests.core.evidence.samples import SIGNER
from tests.support.audited import key_file
from tests.support.clock import MORNING, nth_id
from tests.support.figures import Figures
from tests.support.servers import PROGRAMS
from tests.support.wired import begun

TIMES = 10
MOST_MEMORY = 1.5
"""How much more memory ten times as many decisions may take: what is kept is counts, and the names of the files."""
VOTERS = Electorate({MANAGERS.id: {BOB.id, CAROL.id}, SRES.id: {CAROL.id}}, {})
BATCH = 500
LOOK_S = 0.02


@pytest.mark.timeout(900)
async def test_an_export_grows_in_time_and_not_in_memory(
    sqlite_store_url: str, tmp_path: Path, figures: Figures, short: bool
) -> None:
    few = 50 if short else 1000
    await _filled(sqlite_store_url, few * TIMES)
    key_file(tmp_path)
    small = await asyncio.to_thread(_exported, tmp_path, "small", MORNING + timedelta(minutes=few), few)
    large = await asyncio.to_thread(_exported, tmp_path, "large", MORNING + timedelta(days=365), few * TIMES)
    took, memory = (large[place] / small[place] for place in (0, 1))
    figures.at_most(
        f"audit export of {few * TIMES} decisions to one of {few}, time",
        took,
        TIMES * 1.2,
        about=f"{large[0]:.1f} s and {small[0]:.1f} s",
        noise=1.5,
    )
    about = f"{large[1] / 2**20:.0f} MiB and {small[1] / 2**20:.0f} MiB at most"
    figures.at_most(
        f"audit export of {few * TIMES} decisions to one of {few}, memory", memory, MOST_MEMORY, about=about
    )


async def _filled(url: str, count: int) -> None:
    """A log of so many approvals, one a minute."""
    database = open_database(url)

    def begin(store: Store) -> None:
        fill(store)
        begun(store, MORNING - timedelta(days=1))

    await database.write(begin)
    for first in range(0, count, BATCH):
        await database.write(partial(_decide, range(first, min(first + BATCH, count))))
    await database.close()


def _decide(numbers: range, store: Store) -> None:
    for number in numbers:
        at = MORNING + timedelta(minutes=number)
        asked = promotion(id=nth_id(10_000 + number), requested_at=at - timedelta(hours=1), gates=GATES)
        waiting = replace(asked.with_gates(GATES, at), votes=(vote(BOB), vote(CAROL)))
        decided = waiting.approve(asked.requested_by, at)
        content = decision_content(decided, release(), VOTERS)
        packet_id = nth_id(1_000_000 + number)
        packet = seal(content, SIGNER, packet_id=packet_id, promotion_id=decided.id, generated_at=at)
        store.promotions.add(decided)
        store.evidence.add(packet)
        store.log.append(decision_entry(packet))
        for attestation in attest(packet, SIGNER):
            store.evidence.add_attestation(attestation)


def _exported(folder: Path, name: str, until: object, count: int) -> tuple[float, int]:
    """Seconds and bytes of memory that the command took; it must have written so many packets."""
    words = ["audit", "export", "--from", "2026-03-02", "--to", str(until).replace(" ", "T"), "--out", name]
    environment = {
        **os.environ,
        "COUNTERSIGN_SIGNING_KEY": "key.pem",
        "COUNTERSIGN_DATABASE_URL": "sqlite:///countersign.db",
    }
    began, most = perf_counter(), 0
    program = psutil.Popen([PROGRAMS / "countersign", *words], cwd=folder, env=environment)
    while program.poll() is None:
        most = max(most, _memory(program))
        sleep(LOOK_S)
    assert program.returncode == 0
    assert sum(1 for _ in (folder / name / "packets").iterdir()) == count
    return perf_counter() - began, most


def _memory(program: psutil.Popen) -> int:
    """What it has now; nothing once it has ended."""
    try:
        return int(program.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
