"""The eye for disagreements sees each of them, and none where there is none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.db.urls import parse_url
from tests.support.agreement import disagreements
from tests.support.world import world


@pytest_asyncio.fixture
async def connection(sqlite_url: str, tmp_path: Path) -> AsyncIterator[AsyncConnection]:
    """A database with an approved, a rejected and an open promotion; what is changed in it is rolled back."""
    async with world(sqlite_url, tmp_path) as w:
        for version, votes in (("1", ("approve", "approve")), ("2", ("approve", "reject")), ("3", ("approve",))):
            release = await w.release(f"1.{version}.0")
            wanted = {"releaseId": str(release.id), "targetEnvironmentId": str(w.production.id)}
            asked = await w.rest("alice", "POST", "/promotions", wanted, {"Prefer": "wait=5"})
            for who, vote in zip(("bob", "sam"), votes, strict=False):
                path = f"/promotions/{asked.body['id']}/{vote}"
                assert (await w.rest(who, "POST", path, {"reason": "no"} if vote == "reject" else {})).status == 200
        await w.app.core.countersign.proving.checkpoint()
    engine = create_async_engine(parse_url(sqlite_url))
    async with engine.connect() as opened:
        yield opened
    await engine.dispose()


async def test_what_the_product_wrote_agrees(connection: AsyncConnection) -> None:
    assert await connection.run_sync(lambda sync: [*disagreements(sync)]) == []


APPROVED = "(SELECT id FROM promotions WHERE status = 'approved' AND target_environment_name = 'Production')"


HARMS = [
    ("DELETE FROM people", "rows of votes refer by person_id to nothing"),
    (f"UPDATE promotions SET status = 'rejected' WHERE id = {APPROVED}", "its packet says ('allow', 'approved')"),
    (f"DELETE FROM evidence_packets WHERE promotion_id = {APPROVED}", "is approved and has no packet"),
    ("UPDATE evidence_packets SET canonical = CAST(canonical || ' ' AS BLOB)", "its hash is of other content"),
    (
        "UPDATE evidence_packets SET signature = (SELECT max(a.signature) FROM attestations a)",
        "signature does not hold",
    ),
    (f"DELETE FROM votes WHERE promotion_id = {APPROVED}", "has other votes than were cast"),
    ("DELETE FROM votes WHERE choice = 'approved'", "was cast 0 times and noted 1 times"),
    ("DELETE FROM audit_entries WHERE action = 'promotion:vote_approved'", "was cast 1 times and noted 0 times"),
    (
        "DELETE FROM audit_entries WHERE action = 'promotion:approved'",
        "is approved and was decided [] by the audit log",
    ),
    (
        "UPDATE audit_entries SET action = 'promotion:cancelled' WHERE action = 'promotion:approved'",
        "was decided [<Status.CANCELLED",
    ),
    ("DELETE FROM audit_entries WHERE action = 'promotion:requested'", "was requested 0 times"),
    ("DELETE FROM attestations", "has 0 attestations"),
    ("DELETE FROM log_leaves WHERE position = 2", "leaf 2 is numbered 3"),
    ("DELETE FROM log_leaves WHERE position > 4", "were signed, and there are 5"),
    ("UPDATE log_checkpoints SET root = x'00'", "was signed over others"),
    ("UPDATE log_state SET size = size - 1", "something else than its"),
    ("DELETE FROM log_nodes WHERE level = 1", "the hashes of the log are not those"),
    ("DELETE FROM outbox_entries WHERE errand = 'summary'", "nobody was asked to run summary:"),
    ("DELETE FROM outbox_entries WHERE errand = 'card'", "nobody was asked to run card:"),
    ("DELETE FROM outbox_entries WHERE errand = 'notices'", "nobody was asked to tell"),
    (
        "INSERT INTO outbox_entries SELECT 'summary:' || lower(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-'"
        " || substr(h, 13, 4) || '-' || substr(h, 17, 4) || '-' || substr(h, 21)), 'summary', h, 1, 0,"
        " requested_at, NULL, '', '' FROM (SELECT id AS h, requested_at FROM promotions WHERE decided_at IS NULL)",
        "is asked for before the decision",
    ),
]


async def test_each_disagreement_is_seen(connection: AsyncConnection) -> None:
    for harm, words in HARMS:
        await connection.execute(text(harm))
        found = await connection.run_sync(lambda sync: [*disagreements(sync)])
        assert any(words in said for said in found), (harm, found)
        await connection.rollback()
    assert await connection.run_sync(lambda sync: [*disagreements(sync)]) == []
