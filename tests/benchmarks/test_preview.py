"""How long a preview of all gates takes on SQLite: at the 50th percentile under 10 ms on a quiet machine.

What is held is a ratio: to one read of one row through the same transactions, taken in turn.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any

from bot.db.database import open_database
from core.app.countersign import Countersign
from core.app.drafts import EnvironmentDraft, FreezeWindowDraft, GroupDraft, ReleaseDraft, ScanDraft
from core.domain.people import SYSTEM
from tests.support.clock import FakeClock, SequentialIds
from tests.support.figures import Figures
from tests.support.wired import ports_on

ROUNDS = 60
MOST_TIMES_A_READ = 40
"""About three times what it is: every gate reads what it needs, some several rows, and judges."""
GATES: dict[str, dict[str, Any]] = {
    "security-gate": {},
    "freeze-window-gate": {},
    "sequence-gate": {},
    "dependency-gate": {"components": [{"component": name, "version": ">=1"} for name in ("payments", "search")]},
    "policy-gate": {
        "rules": [
            {"name": "scanned", "allow": "scan.present && scan.criticalCount == 0"},
            {"name": "calm", "allow": "!deployments.exists(each, each.status == 'rolled_back')"},
        ]
    },
    "webhook-gate": {"services": [{"name": "board", "url": "https://board.example.com/ask"}]},
    "manual-gate": {"items": [{"name": "Runbook", "group": "sre"}, {"name": "Support", "group": "sre"}]},
}


async def timed(act: Callable[[], Awaitable[object]]) -> float:
    began = perf_counter()
    await act()
    return perf_counter() - began


async def test_a_preview_of_all_gates_is_a_small_multiple_of_a_read(
    sqlite_store_url: str, clock: FakeClock, new_id: SequentialIds, figures: Figures
) -> None:
    database = open_database(sqlite_store_url)
    countersign = Countersign(ports_on(database, clock, new_id))
    admin, releasing = countersign.administering, countersign.releasing
    await admin.create_group(SYSTEM, GroupDraft("sre"))
    staging = await admin.create_environment(SYSTEM, EnvironmentDraft("Staging"))
    draft = EnvironmentDraft("Production", source_environment_id=staging.id, gates=GATES)
    target = await admin.create_environment(SYSTEM, draft)
    for number in range(50):
        starts = clock() + timedelta(days=number)
        window = FreezeWindowDraft(f"window {number}", (target.id,), starts, starts + timedelta(hours=1))
        await admin.create_freeze_window(SYSTEM, window)
        release = await releasing.register(SYSTEM, ReleaseDraft("shop", f"1.{number}"))
        await releasing.submit_scan(SYSTEM, ScanDraft(release.id, "trivy", high=number))

    async def preview() -> None:
        found = await countersign.evaluating.preview(SYSTEM, release.id, target.id)
        assert len(found.gates) == len(GATES)

    async def read() -> None:
        assert await database.read(lambda store: store.environments.get(target.id))

    previews, reads = [], []
    for _ in range(ROUNDS):
        previews.append(await timed(preview))
        reads.append(await timed(read))
    await database.close()
    took, floor = median(previews) * 1000, median(reads) * 1000
    about = f"{took:.2f} ms at p50, one read {floor:.2f} ms"
    figures.at_most(f"preview of {len(GATES)} gates to one read", took / floor, MOST_TIMES_A_READ, about=about)
