"""Run by the crash test: stores promotions and says the id of each one that was acknowledged, until it is killed."""

from __future__ import annotations

import asyncio
import sys
from uuid import uuid4

from bot.db.database import Database, open_database
from core.app.outbox import Errand
from core.app.ports import Store
from core.evidence.log.entries import LogEntry
from tests.bot.db.samples import ALICE, event, promotion, release, vote
from tests.support.clock import MORNING


async def _write_for_ever(database: Database, number: int) -> None:
    while True:
        id = uuid4()
        of = release(number, id=id, name=f"release-{id}")
        asked = promotion(number, id=id, release=of)

        def body(store: Store, id=id, of=of, asked=asked) -> None:  # type: ignore[no-untyped-def]
            store.releases.add(of)
            store.promotions.add(asked)
            store.promotions.save(asked.with_vote(vote(ALICE)))
            store.audit.add(event(number, asked.id))
            store.outbox.put(Errand.CARD, asked.id, MORNING)
            store.log.append(LogEntry(id, MORNING, id.bytes))

        await database.write(body)
        sys.stdout.write(f"{id}\n")
        sys.stdout.flush()


async def _main(url: str) -> None:
    database = open_database(url)
    await asyncio.gather(*(_write_for_ever(database, number) for number in range(8)))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
