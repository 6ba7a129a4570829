"""A shop with a long history: promotions that were really decided, and many more copied from them by plain SQL.

A copy has ids, times, a release and a status of its own, and the votes, evidence, statements, audit entries,
deployments, errands and leaves of the log that its model has. Indexes are taken away meanwhile and built again.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg  # type: ignore[import-untyped]

from bot.db import attestation_tables, log_tables, tables
from bot.db.database import Database
from bot.db.urls import parse_url
from core.app.access import CreateToken
from core.app.countersign import Countersign
from core.app.deciding import CastVote
from core.app.deploying import ReportDeployment
from core.app.drafts import EnvironmentDraft, GroupDraft, PersonDraft, PolicyDraft, ReleaseDraft
from core.app.requesting import RequestPromotion
from core.domain.environment import Environment
from core.domain.people import SYSTEM, Actor, ActorKind, ActorRef, Person, Right
from core.domain.promotion import Promotion, Status, VoteChoice
from core.domain.release import DeploymentStatus
from tests.support.clock import FakeClock
from tests.support.wired import begun, ports_on

RELEASE_HAS = 5
"""Promotions of one copied release."""
APART = 20
"""Seconds between two copied requests."""
_COPIED = (
    tables.releases,
    tables.promotions,
    tables.votes,
    tables.evidence_packets,
    attestation_tables.attestations,
    tables.audit_entries,
    tables.deployments,
    tables.outbox_entries,
    log_tables.log_leaves,
    log_tables.log_nodes,
)
STATUS = "CASE b.n % 20 WHEN 0 THEN 'rejected' WHEN 1 THEN 'cancelled' ELSE 'deployed' END"


@dataclass
class Shop:
    """Alice and the pipeline ask, Bob approves; everything goes to staging and to production."""

    countersign: Countersign
    clock: FakeClock
    people: dict[str, Person] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)
    token: str = ""
    versions: count[int] = field(default_factory=lambda: count(1))

    def actor(self, name: str) -> Actor:
        person = self.people[name]
        return Actor(ActorRef(ActorKind.PERSON, person.id, person.name), "rest")

    async def asked(self, environment: str = "production", who: str = "alice") -> Promotion:
        """A request whose gates have passed."""
        version = f"9.{next(self.versions)}"
        release = await self.countersign.releasing.register(SYSTEM, ReleaseDraft("shop", version))
        wanted = RequestPromotion(release.id, self.environments[environment].id, "because")
        promotion = await self.countersign.requesting.request(self.actor(who), wanted)
        evaluated = await self.countersign.evaluating.evaluate(promotion.id)
        assert evaluated is not None
        return evaluated

    async def approve(self, promotion: Promotion) -> Promotion:
        """Bob's vote, which decides."""
        vote = CastVote(promotion.id, VoteChoice.APPROVED, "fine")
        decided = await self.countersign.deciding.vote(self.actor("bob"), vote)
        assert decided.status is Status.APPROVED
        return decided

    async def deployed(self, environment: str, who: str) -> Promotion:
        """A promotion that has come to its end."""
        promotion = await self.approve(await self.asked(environment, who))
        pipeline = Actor(ActorRef(ActorKind.SERVICE, uuid4(), "ci"), "rest", scopes=frozenset({Right.DEPLOYER}))
        for status in (DeploymentStatus.DEPLOYING, DeploymentStatus.DEPLOYED):
            promotion = await self.countersign.deploying.report(pipeline, ReportDeployment(promotion.id, status))
        return promotion


async def open_shop(database: Database) -> Shop:
    """A shop on an empty database."""
    clock = FakeClock()
    await database.write(begun)
    shop = Shop(Countersign(replace(ports_on(database, clock), new_id=uuid4)), clock)
    admin = shop.countersign.administering
    for name, roles in (("alice", {Right.REQUESTER}), ("bob", set()), ("carol", {Right.REQUESTER})):
        draft = PersonDraft(f"{name}@example.com", name.title(), frozenset(roles))
        shop.people[name] = await admin.create_person(SYSTEM, draft)
    await admin.create_group(SYSTEM, GroupDraft("approvers", ("bob@example.com",)))
    for name in ("staging", "production"):
        environment = await admin.create_environment(SYSTEM, EnvironmentDraft(name, gates={"security-gate": {}}))
        shop.environments[name] = environment
        await admin.create_policy(SYSTEM, PolicyDraft(name, environment.id, 1, ("approvers",), True, 24))
    for environment in tuple(shop.environments.values()):
        await admin.update_environment(SYSTEM, environment.id, EnvironmentDraft(environment.name, gates={}))
    auditor = CreateToken(service_name="auditor", scopes=frozenset({Right.READER, Right.ADMIN}))
    shop.token = (await shop.countersign.access.create_token(SYSTEM, auditor)).text
    return shop


class SqliteBase:
    id = "lower(hex(randomblob(16)))"
    blob = "randomblob(32)"

    def __init__(self, url: str) -> None:
        self._path = Path(parse_url(url).database or "")

    def moment(self, seconds: str) -> str:
        return f"strftime('%Y-%m-%d %H:%M:%S', {seconds}, 'unixepoch') || '.000000'"

    def series(self, length: int) -> str:
        upto = f"SELECT 0 AS n UNION ALL SELECT n + 1 FROM s WHERE n < {length - 1}"
        return f"(WITH RECURSIVE s AS ({upto}) SELECT n FROM s) AS s"

    def literal(self, id: UUID) -> str:
        return f"'{id.hex}'"

    async def run(self, *statements: str) -> None:
        await asyncio.to_thread(self._run, statements)

    def _run(self, statements: Sequence[str]) -> None:
        file = sqlite3.connect(self._path)
        file.execute("PRAGMA synchronous = OFF")
        file.execute("PRAGMA cache_size = -400000")
        for statement in statements:
            file.execute(statement)
        file.commit()
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file.close()

    async def rows(self, query: str) -> Sequence[Sequence[Any]]:
        file = sqlite3.connect(self._path)
        try:
            return file.execute(query).fetchall()
        finally:
            file.close()

    async def indexes(self, table: str) -> dict[str, str]:
        query = f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = '{table}'"
        return {str(name): str(sql) for name, sql in await self.rows(query)}

    async def settle(self) -> None:
        """SQLite has no statistics unless asked for, and nobody asks."""


class PostgresBase:
    id = "gen_random_uuid()"
    blob = "decode(md5(random()::text) || md5(random()::text), 'hex')"

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+asyncpg", "postgresql")

    def moment(self, seconds: str) -> str:
        return f"to_timestamp({seconds})"

    def series(self, length: int) -> str:
        return f"generate_series(0, {length - 1}) AS s(n)"

    def literal(self, id: UUID) -> str:
        return f"'{id}'::uuid"

    async def run(self, *statements: str) -> None:
        connection = await asyncpg.connect(self._url)
        await connection.execute("SET session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    async def rows(self, query: str) -> Sequence[Sequence[Any]]:
        connection = await asyncpg.connect(self._url)
        try:
            return [tuple(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()

    async def indexes(self, table: str) -> dict[str, str]:
        query = (
            f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename = '{table}' AND indexdef NOT LIKE '%UNIQUE%'"
        )
        return {str(name): str(sql) for name, sql in await self.rows(query)}

    async def settle(self) -> None:
        """What autovacuum does some minutes after so many rows have come."""
        await self.run(*(f"VACUUM ANALYZE {table.name}" for table in _COPIED))


async def lengthen(url: str, shop: Shop, models: Sequence[Promotion], length: int, whole: bool = True) -> None:
    """Copy `length` promotions from `models` in turn; without `whole`, with one audit entry each and nothing else."""
    base = SqliteBase(url) if url.startswith("sqlite") else PostgresBase(url)
    before = int((shop.clock() - timedelta(seconds=APART * (length + 10))).timestamp())
    stood = [sql for table in _COPIED for sql in (await base.indexes(table.name)).values()]
    names = [name for table in _COPIED for name in await base.indexes(table.name)]
    copying = _Copying(base, before, len(models))
    statements = [*copying.numbers(length), copying.releases(models[0])]
    for number, model in enumerate(models):
        statements += copying.promotion(number, model, whole)
    if whole:
        statements += copying.log(length, await base.rows("SELECT size FROM log_state"))
    await base.run(*(f"DROP INDEX {name}" for name in names), *statements, "DROP TABLE bulk", *stood)
    await base.settle()


class _Copying:
    """The statements that copy rows: whatever is not said anew is as in the model."""

    def __init__(self, base: SqliteBase | PostgresBase, before: int, models: int) -> None:
        self._base = base
        self._before = before
        self._models = models

    def _at(self, after: int) -> str:
        return self._base.moment(f"{self._before} + b.n * {APART} + {after}")

    def numbers(self, length: int) -> list[str]:
        new = self._base.id
        made = f"CREATE TABLE bulk AS SELECT s.n AS n, {new} AS id, {new} AS packet, {new} AS release"
        return [
            f"{made} FROM {self._base.series(length)}",
            "CREATE UNIQUE INDEX bulk_n ON bulk (n)",
            f"UPDATE bulk SET release = (SELECT f.release FROM bulk f WHERE f.n = bulk.n - bulk.n % {RELEASE_HAS})"
            f" WHERE n % {RELEASE_HAS} <> 0",
        ]

    def releases(self, model: Promotion) -> str:
        name = f"'copy-' || (b.n / {RELEASE_HAS})"
        new = {"id": "b.release", "name": name, "name_key": name, "created_at": self._at(-60)}
        of_model = f"t.id = {self._base.literal(model.release_id)} AND b.n % {RELEASE_HAS} = 0"
        return self._copied(tables.releases, of_model, new)

    def promotion(self, number: int, model: Promotion, whole: bool) -> list[str]:
        mine = f"b.n % {self._models} = {number}"
        id = self._base.literal(model.id)
        decided = self._at(600)
        name = f"'copy-' || (b.n / {RELEASE_HAS})"
        dated = {"id": "b.id", "release_id": "b.release", "release_name": name, "status": STATUS}
        dated |= {"requested_at": self._at(0), "decided_at": decided, "evaluated_at": decided, "expires_at": decided}
        audited = {"subject_id": "b.id", "at": self._at(0)}
        first = f"t.sequence = (SELECT min(sequence) FROM audit_entries WHERE subject_id = {id})"
        copied = [self._copied(tables.promotions, f"{mine} AND t.id = {id}", dated)]
        if not whole:
            return [*copied, self._copied(tables.audit_entries, f"{mine} AND {first}", audited)]
        packet = f"(SELECT id FROM evidence_packets WHERE promotion_id = {id})"
        own = {"promotion_id": "b.id"}
        return [
            *copied,
            self._copied(tables.votes, f"{mine} AND t.promotion_id = {id}", own | {"at": decided}),
            self._copied(tables.evidence_packets, f"{mine} AND t.promotion_id = {id}", own | {"id": "b.packet"}),
            self._copied(
                attestation_tables.attestations, f"{mine} AND t.packet_id = {packet}", {"packet_id": "b.packet"}
            ),
            self._copied(tables.audit_entries, f"{mine} AND t.subject_id = {id}", audited),
            self._copied(
                tables.deployments,
                f"{mine} AND t.promotion_id = {id}",
                own | {"release_id": "b.release", "at": decided},
            ),
            self._copied(
                tables.outbox_entries,
                f"{mine} AND t.subject_id = {id}",
                {"key": "t.errand || ':' || b.n", "subject_id": "b.id", "due_at": "NULL", "created_at": decided},
            ),
        ]

    def log(self, length: int, size: Sequence[Sequence[Any]]) -> list[str]:
        """A log of as many leaves more. Its hashes are made up: what an append costs goes by how many there are."""
        ((begun,),) = size
        total = begun + length
        leaves = {"position": f"{begun} + b.n", "subject_id": "b.packet"}
        statements = [self._copied(log_tables.log_leaves, "t.position = 0", leaves), "DELETE FROM log_nodes"]
        for level in range(total.bit_length()):
            nodes = f"SELECT {level}, s.n, {self._base.blob} FROM {self._base.series(total >> level)}"
            statements.append(f"INSERT INTO log_nodes (level, position, hash) {nodes}")
        peaks = bytes(32 * total.bit_count()).hex()
        literal = f"X'{peaks}'" if isinstance(self._base, SqliteBase) else f"'\\x{peaks}'"
        return [*statements, f"UPDATE log_state SET size = {total}, peaks = {literal}"]

    def _copied(self, table: Any, where: str, new: dict[str, str]) -> str:
        names = [column.name for column in table.columns if column.name != "sequence"]
        quoted = ", ".join(f'"{name}"' for name in names)
        values = ", ".join(new.get(name, f't."{name}"') for name in names)
        rows = f"SELECT {values} FROM bulk b, {table.name} t WHERE {where} ORDER BY b.n"
        return f"INSERT INTO {table.name} ({quoted}) {rows}"
