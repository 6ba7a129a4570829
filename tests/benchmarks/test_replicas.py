"""Two and four replicas on one PostgreSQL: nothing lost, nothing doubled, and no slower than one.

Every request of a promotion goes to another replica than the one before it. Client, database and replicas share the
cores of one machine, so this shows what replicas cost each other, not what they would bring on machines of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest

from tests.benchmarks.load import Load, Scene, load
from tests.benchmarks.scenes import built, drained, program
from tests.support.figures import Figures
from tests.support.postgres import PostgresCluster

WRONG = """
SELECT count(*) FROM promotions p WHERE p.id = ANY($1::uuid[]) AND NOT (
    p.status = 'approved'
    AND 2 = (SELECT count(*) FROM votes v WHERE v.promotion_id = p.id)
    AND 1 = (SELECT count(*) FROM evidence_packets e WHERE e.promotion_id = p.id)
    AND 2 = (SELECT count(*) FROM attestations a JOIN evidence_packets e ON e.id = a.packet_id
             WHERE e.promotion_id = p.id)
    AND 1 = (SELECT count(*) FROM log_leaves l JOIN evidence_packets e ON e.id = l.subject_id
             WHERE e.promotion_id = p.id)
    AND 2 = (SELECT count(*) FROM audit_entries a WHERE a.subject_id = p.id AND a.action = 'promotion:vote_approved')
    AND 1 = (SELECT count(*) FROM audit_entries a WHERE a.subject_id = p.id AND a.action = 'promotion:approved')
    AND 0 = (SELECT count(*) FROM outbox_entries o WHERE o.subject_id = p.id AND o.due_at IS NOT NULL))
"""
SHARED_CORES = 2.0
"""On two cores the replicas, the database and the client are in each other's way; what four take from one another is
up to the machine's scheduler. So a loss of up to a half is told, and does not fail the test; a deadlock would."""


@pytest.mark.timeout(400)
async def test_replicas_lose_nothing_and_double_nothing(
    durable_postgres: PostgresCluster, tmp_path: Path, figures: Figures, short: bool
) -> None:
    if short:
        pytest.skip("starting four replicas takes longer than the short run may")
    url = durable_postgres.create()
    scene = await built(url, tmp_path)
    async with AsyncExitStack() as stack:
        ports = [await stack.enter_async_context(program(url, tmp_path)) for _ in range(4)]
        done = await _rounds(scene, ports)
        for port in ports:
            await drained(port)
    acknowledged = [id for each in done.values() for id in each.promotions]
    assert len(acknowledged) == len(set(acknowledged))
    await _count(url, acknowledged, figures)
    for replicas in (2, 4):
        about = f"{done[replicas].rate:.0f}/s, one {done[1].rate:.0f}/s, all on the same cores"
        ratio = done[replicas].rate / done[1].rate
        figures.at_least(f"{replicas} replicas to one, PostgreSQL", ratio, 1.0, about=about, noise=SHARED_CORES)


async def _rounds(scene: Scene, ports: Sequence[int]) -> dict[int, Load]:
    """The load on the first, the first two, and all replicas, in turn; after a round that does not count."""
    await load(ports, scene, 3)
    done = {1: Load(), 2: Load(), 4: Load()}
    for _ in range(3):
        for replicas in done:
            done[replicas] += await load(ports[:replicas], scene, 5)
    return done


async def _count(url: str, acknowledged: Sequence[str], figures: Figures) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        kept = await connection.fetchval("SELECT count(*) FROM promotions WHERE id = ANY($1::uuid[])", acknowledged)
        wrong = await connection.fetchval(WRONG, acknowledged)
        leaves, highest = await connection.fetchrow("SELECT count(*), max(position) + 1 FROM log_leaves")
    finally:
        await connection.close()
    about = f"of {len(acknowledged)} acknowledged over 1, 2 and 4 replicas"
    figures.exactly("promotions lost by replicas", len(acknowledged) - kept, 0, about=about)
    figures.exactly("promotions halved or doubled by replicas", wrong, 0, about=f"{about}: votes, evidence, log, audit")
    figures.exactly("gaps in the log's numbers", highest - leaves, 0)
