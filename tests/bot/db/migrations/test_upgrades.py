"""From each earlier schema with a company's data in it: everything is read as it was, and work goes on.

The rows are those that the product writes today, brought back to what a revision had: tables and columns that came
later are left out, and documents lose the members that came later.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, insert, inspect, select, text

from bot.bootstrap import Core, build_core
from bot.db import schema
from bot.db.migrations.versions import v0001_first
from bot.db.schema import head_revision, migrate
from bot.db.tables import metadata, promotions
from bot.db.upgrading import configured
from bot.db.urls import parse_url
from core.app.deciding import CastVote
from core.app.ports import Store
from core.domain.people import Actor
from core.domain.promotion import Promotion, Status, VoteChoice
from core.evidence.keyring import KeyRing
from core.evidence.verification import verify
from tests.support.agreement import disagreements, looked_at
from tests.support.world import World, settings, world

NOWHERE = "http://127.0.0.1:1/"
EARLIER = [
    each.revision
    for each in ScriptDirectory(str(Path(v0001_first.__file__).parents[1])).walk_revisions()
    if each.revision != head_revision()
]
LATER_MEMBERS = {
    ("promotions", "policies"): ("0002b", {"notify"}),
    ("promotions", "gates"): ("0003d", {"settings", "inputs", "inputsDigest"}),
}
"""Document -> the revision that came with some of its members, which are no columns."""

KEYS_NOTED, ATTESTED = "0003g", "0003h"
"""The revisions since which the audit log speaks of keys, and decisions have attestations."""


@dataclass(frozen=True)
class Company:
    """What somebody has worked with for a while: all rows, and what is needed to work on."""

    rows: Mapping[str, list[dict[str, Any]]]
    folder: Path
    tokens: Mapping[str, str]
    decided: tuple[Promotion, ...]
    awaiting: Promotion
    evidence: bytes


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """One that has approved, rejected and deployed releases, and has one more that awaits its second approval."""
    folder = tmp_path_factory.mktemp("company")
    return asyncio.run(_worked(f"sqlite+aiosqlite:///{folder / 'countersign.db'}", folder))


async def _worked(url: str, folder: Path) -> Company:
    async with world(url, folder) as w:
        approved = await _asked(w, "1.0.0", "approve", "approve")
        for status in ("deploying", "deployed"):
            await _must(w, "ci", f"/promotions/{approved}/deployment", {"status": status})
        rejected = await _asked(w, "1.1.0", "approve", "reject")
        awaiting = await _asked(w, "1.2.0", "approve")
        evidence = await w.rest("ci", "GET", f"/promotions/{approved}/evidence")
        read = w.app.core.database.read
        kept = [await read(partial(_promotion, id=UUID(each))) for each in (approved, rejected, awaiting)]
    rows = await looked_at(url, lambda sync: {table.name: _rows(sync, table) for table in metadata.sorted_tables})
    return Company(rows, folder, w.tokens, (kept[0], kept[1]), kept[2], json.dumps(evidence.body).encode())


def _promotion(store: Store, id: UUID) -> Promotion:
    found = store.promotions.get(id)
    assert found is not None
    return found


async def _asked(w: World, version: str, *votes: str) -> str:
    release = await w.release(version, high=2)
    wanted = {"releaseId": str(release.id), "targetEnvironmentId": str(w.production.id), "reason": "the new checkout"}
    asked = await w.rest("alice", "POST", "/promotions", wanted, {"Prefer": "wait=5"})
    for who, vote in zip(("bob", "sam"), votes, strict=False):
        await _must(w, who, f"/promotions/{asked.body['id']}/{vote}", {"reason": "no"} if vote == "reject" else {})
    return str(asked.body["id"])


async def _must(w: World, who: str, path: str, body: dict[str, str]) -> None:
    answer = await w.rest(who, "POST", path, body)
    assert answer.status == 200, answer.body


def _rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(select(table))]


def _brought_back(connection: Connection, revision: str, company: Company) -> None:
    """Make the schema of a revision, and put in what of the company's rows it could hold."""
    config = configured()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    seen = inspect(connection)
    for table in metadata.sorted_tables:
        if not seen.has_table(table.name):
            continue
        there = {column["name"] for column in seen.get_columns(table.name)}
        for row in company.rows[table.name]:
            if revision < KEYS_NOTED and str(row.get("action", "")).startswith("signing_key:"):
                continue
            old = {name: _older(table.name, name, value, revision) for name, value in row.items() if name in there}
            connection.execute(insert(table).inline().values(old))
        if connection.dialect.name == "postgresql" and "sequence" in there:
            numbers = f"pg_get_serial_sequence('{table.name}', 'sequence')"
            connection.execute(text(f"SELECT setval({numbers}, (SELECT coalesce(max(sequence), 1) FROM {table.name}))"))


def _older(table: str, column: str, value: Any, revision: str) -> Any:
    since, members = LATER_MEMBERS.get((table, column), ("", set()))
    if revision >= since:
        return value
    return [{name: member for name, member in each.items() if name not in members} for each in value]


async def _old_database(url: str, revision: str, company: Company) -> None:
    engine = schema._engine(parse_url(url))
    async with engine.begin() as connection:
        await connection.run_sync(_brought_back, revision, company)
    await engine.dispose()


@pytest.mark.parametrize("revision", EARLIER)
async def test_what_is_there_is_read_as_it_was_and_work_goes_on(
    revision: str, database_url: str, company: Company
) -> None:
    await _old_database(database_url, revision, company)
    assert await migrate(database_url) == head_revision()
    async with build_core(settings(database_url, company.folder, NOWHERE)) as core:
        await _reads_as_it_was(core, company)
        await _goes_on(core, company)
    left = await looked_at(database_url, lambda sync: [*disagreements(sync)])
    assert [said for said in left if not _cannot_be_otherwise(said, revision)] == []


def _cannot_be_otherwise(said: str, revision: str) -> bool:
    """What was decided before attestations has none; keys from before the log have a leaf and no audit entry."""
    if said.endswith("has 0 attestations"):
        return revision < ATTESTED
    return "1 leaves and 0 audit entries" in said and revision < KEYS_NOTED


async def _reads_as_it_was(core: Core, company: Company) -> None:
    for before in (*company.decided, company.awaiting):
        after = await core.database.read(partial(_promotion, id=before.id))
        assert list(_compared(after)) == list(_compared(before))
    assert (await core.database.read(lambda store: len(store.policies.all()))) == 2
    keys = KeyRing(await core.database.read(lambda store: store.evidence.keys()))
    packet = await core.database.read(lambda store: store.evidence.of(company.decided[0].id))
    assert packet is not None
    assert verify(company.evidence, keys).ok
    assert json.loads(company.evidence)["contentHash"] == packet.content_hash


def _compared(promotion: Promotion) -> Iterator[object]:
    """What every revision has kept of a promotion."""
    yield from (promotion.id, promotion.status, promotion.release_name, promotion.reason, promotion.requested_by)
    yield from (promotion.requested_at, promotion.expires_at, promotion.decided_at, promotion.decided_by)
    yield from (promotion.target, promotion.source, promotion.separation_of_duties, promotion.version)
    yield [policy.digest for policy in promotion.policies]
    yield [(gate.gate_name, gate.passed, gate.message, gate.details) for gate in promotion.gates]
    yield [(vote.person_id, vote.choice, vote.comment, vote.at, vote.door) for vote in promotion.votes]


async def _goes_on(core: Core, company: Company) -> None:
    """The token from before lets Sam in, whose vote decides."""
    sam: Actor = await core.countersign.access.by_token(company.tokens["sam"])
    decided = await core.countersign.deciding.vote(sam, CastVote(company.awaiting.id, VoteChoice.APPROVED))
    assert decided.status is Status.APPROVED
    listed = await looked_at(core.settings.database_url, lambda sync: _rows(sync, promotions))
    assert len(listed) == len(company.rows["promotions"])
    inclusion = await core.countersign.proving.inclusion(sam, promotion_id=company.decided[0].id)
    assert inclusion.published is not None, "what was decided before is in the log, too"
