"""What both floors of whole promotions do: replay, for every request, the rows of a promotion that the product made.

A floor runs on a copy of the product's own database, so the tables, indexes and sizes of rows are the product's. It
looks up what the product looks up, writes what the product writes (promotion, votes, audit entries, packet,
attestations, leaf and hashes of the log, errands, which it claims and finishes), and signs three messages of the
product's size. There are no rules in it: everybody may do everything, and every gate passes.

A transaction is a generator of statements, `(sql, row)` for one and `(sql, [row, ...])` for many; it is sent the rows
that were found. So the same text serves `sqlite3` on a thread and asyncpg.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID, uuid4

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

Row = Mapping[str, Any]
Statement = tuple[str, Sequence[Any] | list[Sequence[Any]]]
Transaction = Generator[Statement, list[Row], Any]

STANDING = (
    *("status", "gates", "evaluated_at", "decided_at", "decided_by_kind", "decided_by_id", "decided_by_name"),
    *("close_reason", "close_comment", "external_url", "deployment_message", "passes_at", "changes_at", "exemption"),
    "deferred_until",
)
ASKED = ("card", "evaluate", "homes", "notices")
SHOWN = ("card", "homes", "notices")
DECIDED = ("card", "homes", "notices", "outcome", "summary", "webhook")
MEMBERS = (
    "SELECT m.group_id, m.person_id FROM approver_group_members m JOIN people p ON p.id = m.person_id"
    " JOIN approval_policy_groups g ON g.group_id = m.group_id JOIN approval_policies a ON a.id = g.policy_id"
    " WHERE a.environment_id = ? AND p.active"
)
ASK = (
    "INSERT INTO outbox_entries"
    " (key, errand, subject_id, generation, attempts, created_at, due_at, error, correlation_id)"
    " VALUES (?, ?, ?, 1, 0, ?, ?, '', ?) ON CONFLICT (key) DO UPDATE SET generation = outbox_entries.generation + 1,"
    " created_at = CASE WHEN outbox_entries.due_at IS NULL THEN excluded.created_at ELSE outbox_entries.created_at END,"
    " due_at = CASE WHEN outbox_entries.due_at IS NULL THEN excluded.due_at ELSE outbox_entries.due_at END"
)
CLAIM = (
    "UPDATE outbox_entries SET due_at = ? WHERE key IN"
    " (SELECT key FROM outbox_entries WHERE due_at <= ? ORDER BY due_at LIMIT 100{skip}) RETURNING key, generation"
)
FINISH = (
    "UPDATE outbox_entries SET due_at = CASE WHEN generation = ? THEN NULL ELSE created_at END, attempts = 0,"
    " error = '' WHERE key = ? AND due_at IS NOT NULL"
)


class Backend(Protocol):
    """A database. `lock` and `skip` are what a SELECT says at its end to lock rows, and to pass over locked ones."""

    lock: str
    skip: str

    async def read(self, transaction: Transaction) -> Any: ...

    async def write(self, transaction: Transaction) -> Any: ...

    def id_of(self, id: UUID) -> Any: ...

    def moment(self, seconds: float = 0) -> Any: ...


def inserting(table: str, rows: Sequence[Row]) -> Statement:
    """Insert rows as they are; the database counts `sequence` itself."""
    columns = [name for name in rows[0] if name != "sequence"]
    marks = ", ".join("?" * len(columns))
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table} ({names}) VALUES ({marks})", [[row[name] for name in columns] for row in rows]


class Replay:
    """The floor's program."""

    def __init__(self, backend: Backend) -> None:
        self._db = backend
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._woken = asyncio.Event()

    async def start(self) -> web.Application:
        """Look at the last promotion that was decided, and serve."""
        await self._db.read(self._recorded())
        app = web.Application()
        app.router.add_post("/api/v1/promotions", self.request)
        app.router.add_post("/api/v1/promotions/{id}/approve", self.approve)
        app.cleanup_ctx.append(self._working)
        return app

    def _recorded(self) -> Transaction:
        (self._promotion,) = yield (
            "SELECT * FROM promotions WHERE decided_at IS NOT NULL ORDER BY decided_at DESC LIMIT 1",
            (),
        )
        mine = (self._promotion["id"],)
        self._votes = yield "SELECT * FROM votes WHERE promotion_id = ? ORDER BY position", mine
        self._events = yield "SELECT * FROM audit_entries WHERE subject_id = ? ORDER BY sequence", mine
        (self._packet,) = yield "SELECT * FROM evidence_packets WHERE promotion_id = ?", mine
        self._attested = yield "SELECT * FROM attestations WHERE packet_id = ?", (self._packet["id"],)
        (self._leaf,) = yield "SELECT * FROM log_leaves WHERE subject_id = ?", (self._packet["id"],)
        self._content = json.loads(self._packet["canonical"])
        self._statements = [json.loads(each["payload"]) for each in self._attested]

    async def request(self, request: web.Request) -> web.Response:
        """POST /promotions with `Prefer: wait`."""
        asker = await self._db.read(self._known(request))
        body = json.loads(await request.read())
        id = uuid4()
        await self._db.write(self._ask(id, self._db.id_of(UUID(body["releaseId"])), body["reason"], asker))
        await self._db.write(self._evaluate(id))
        self._woken.set()
        return web.json_response(await self._db.read(self._view(id)), status=201)

    async def approve(self, request: web.Request) -> web.Response:
        """POST /promotions/{id}/approve."""
        voter = await self._db.read(self._known(request))
        json.loads(await request.read())
        id = UUID(request.match_info["id"])
        answer = await self._db.write(self._vote(id, voter))
        self._woken.set()
        await self._db.read(self._view(id))
        return web.json_response(answer)

    def _known(self, request: web.Request) -> Transaction:
        digest = hashlib.sha256(request.headers["Authorization"].removeprefix("Bearer ").encode()).hexdigest()
        (token,) = yield "SELECT * FROM tokens WHERE digest = ?", (digest,)
        if token["person_id"]:
            (person,) = yield "SELECT * FROM people WHERE id = ?", (token["person_id"],)
            yield "SELECT * FROM slack_accounts WHERE person_id = ?", (person["id"],)
            return person
        (service,) = yield "SELECT * FROM service_accounts WHERE id = ?", (token["service_id"],)
        return service

    def _ask(self, id: UUID, release_id: Any, reason: str, asker: Row) -> Transaction:
        target = self._promotion["target_environment_id"]
        yield "SELECT * FROM people WHERE id = ?", (asker["id"],)
        yield "SELECT group_id FROM approver_group_members WHERE person_id = ?", (asker["id"],)
        yield (
            "SELECT id FROM promotions WHERE release_id = ? AND target_environment_id = ?"
            " AND status IN ('pending', 'awaiting_approval')",
            (release_id, target),
        )
        (release,) = yield "SELECT * FROM releases WHERE id = ?", (release_id,)
        yield "SELECT * FROM environments WHERE id = ?", (target,)
        yield "SELECT * FROM environments WHERE id = ?", (self._promotion["source_environment_id"],)
        yield "SELECT * FROM approval_policies WHERE environment_id = ?", (target,)
        fresh = {
            **self._promotion,
            "id": self._db.id_of(id),
            "release_id": release_id,
            "component": release["component"],
            "reason": reason,
            "requested_at": self._db.moment(),
            "status": "pending",
            "gates": "[]",
            **dict.fromkeys(("evaluated_at", "decided_at", "decided_by_kind", "decided_by_id")),
        }
        yield inserting("promotions", [fresh])
        yield from self._noted(id, 0, 1)
        yield self._asking(id, ASKED)
        yield "SELECT * FROM sent_messages WHERE promotion_id = ?", (self._db.id_of(id),)

    def _evaluate(self, id: UUID) -> Transaction:
        (promotion,) = yield f"SELECT * FROM promotions WHERE id = ?{self._db.lock}", (self._db.id_of(id),)
        yield "SELECT * FROM votes WHERE promotion_id = ? ORDER BY position", (promotion["id"],)
        yield from self._judged(promotion)
        yield self._saving({**self._promotion, "status": "awaiting_approval", "decided_at": None}, promotion)
        yield from self._noted(id, 1, 3)
        yield self._asking(id, SHOWN)

    def _judged(self, promotion: Row) -> Transaction:
        release, target, source = (
            promotion[name] for name in ("release_id", "target_environment_id", "source_environment_id")
        )
        yield "SELECT * FROM releases WHERE id = ?", (release,)
        yield "SELECT * FROM environments WHERE id = ?", (target,)
        yield "SELECT * FROM environments WHERE id = ?", (source,)
        yield "SELECT * FROM scan_reports WHERE release_id = ? ORDER BY sequence DESC LIMIT 1", (release,)
        waivers = "SELECT * FROM waivers WHERE component = ? AND environment_id = ? AND ends_at > ?"
        yield waivers, (promotion["component"], target, self._db.moment())
        yield "SELECT * FROM vex_documents WHERE release_id = ? ORDER BY sequence", (release,)
        windows = "SELECT w.* FROM freeze_windows w JOIN freeze_window_environments e ON e.freeze_window_id = w.id"
        yield f"{windows} WHERE e.environment_id = ?", (target,)
        calendars = "SELECT c.* FROM calendars c JOIN calendar_environments e ON e.calendar_id = c.id"
        yield f"{calendars} WHERE e.environment_id = ?", (target,)
        deployed = "SELECT * FROM deployments WHERE release_id = ? AND environment_id = ?"
        yield f"{deployed} ORDER BY sequence DESC LIMIT 1", (release, source)

    def _view(self, id: UUID) -> Transaction:
        (promotion,) = yield "SELECT * FROM promotions WHERE id = ?", (self._db.id_of(id),)
        yield "SELECT * FROM votes WHERE promotion_id = ? ORDER BY position", (promotion["id"],)
        yield "SELECT * FROM releases WHERE id = ?", (promotion["release_id"],)
        members = yield MEMBERS, (promotion["target_environment_id"],)
        current = "SELECT * FROM deployments WHERE environment_id = ? ORDER BY sequence DESC LIMIT 1"
        yield current, (promotion["target_environment_id"],)
        kept = {name: promotion[name] for name in ("status", "reason", "component", "release_name")}
        read = {name: json.loads(promotion[name]) for name in ("policies", "gates")}
        return {"id": str(id), **kept, **read, "mayStillApprove": [str(row["person_id"]) for row in members]}

    def _vote(self, id: UUID, voter: Row) -> Transaction:
        mine = self._db.id_of(id)
        (person,) = yield "SELECT * FROM people WHERE id = ?", (voter["id"],)
        yield "SELECT * FROM slack_accounts WHERE person_id = ?", (voter["id"],)
        (promotion,) = yield f"SELECT * FROM promotions WHERE id = ?{self._db.lock}", (mine,)
        votes = yield "SELECT * FROM votes WHERE promotion_id = ? ORDER BY position", (mine,)
        yield MEMBERS, (promotion["target_environment_id"],)
        vote = {**self._votes[len(votes)], "promotion_id": mine, "person_id": person["id"], "position": len(votes)}
        if not votes:
            yield self._saving({**promotion}, promotion)
            yield inserting("votes", [vote])
            yield from self._noted(id, 3, 4)
            yield self._asking(id, SHOWN)
            return {"id": str(id), "status": "awaiting_approval", "approvalCount": 1, "requiredApprovals": 2}
        yield from self._judged(promotion)
        yield from self._decide(id, promotion, vote)
        return {"id": str(id), "status": "approved", "approvalCount": 2, "requiredApprovals": 2}

    def _decide(self, id: UUID, promotion: Row, vote: Row) -> Transaction:
        mine, packet_id = self._db.id_of(id), self._db.id_of(uuid4())
        yield (
            "SELECT * FROM promotions WHERE component = ? AND target_environment_id = ?"
            " AND status IN ('pending', 'awaiting_approval')",
            (promotion["component"], promotion["target_environment_id"]),
        )
        yield "SELECT * FROM public_keys WHERE key_ref = ?", (self._packet["signer_key_ref"],)
        yield self._saving(self._promotion, promotion)
        yield inserting("votes", [vote])
        sealed = json.dumps({**self._content, "packetId": str(id)}, sort_keys=True, separators=(",", ":")).encode()
        packet = {**self._packet, "id": packet_id, "promotion_id": mine, "canonical": sealed}
        packet["content_hash"] = f"sha256:{hashlib.sha256(sealed).hexdigest()}"
        yield inserting("evidence_packets", [{**packet, "signature": self._signed(sealed)}])
        attested = []
        for row, statement in zip(self._attested, self._statements, strict=True):
            payload = json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()
            attested.append(
                {**row, "packet_id": packet_id, "payload": payload, "signature": self._signed(b"DSSEv1 " + payload)}
            )
        yield inserting("attestations", attested)
        yield from self._noted(id, 4, len(self._events))
        yield self._asking(id, DECIDED)
        yield "SELECT * FROM workflow_steps WHERE ended_at IS NULL AND promotion_id = ?", (mine,)
        yield "SELECT * FROM sent_messages WHERE promotion_id = ?", (mine,)
        yield from self._logged(packet_id)

    def _logged(self, packet_id: Any) -> Transaction:
        (state,) = yield f"SELECT * FROM log_state{self._db.lock}", ()
        size, peaks = state["size"], [state["peaks"][at : at + 32] for at in range(0, len(state["peaks"]), 32)]
        content = self._leaf["content"]
        current = hashlib.sha256(b"\0" + content).digest()
        nodes, level, index = [{"level": 0, "position": size, "hash": current}], 0, size
        while index % 2:
            current = hashlib.sha256(b"\1" + peaks.pop() + current).digest()
            level, index = level + 1, index // 2
            nodes.append({"level": level, "position": index, "hash": current})
        yield inserting("log_leaves", [{"position": size, "subject_id": packet_id, "content": content}])
        yield inserting("log_nodes", nodes)
        yield "UPDATE log_state SET size = ?, peaks = ?", (size + 1, b"".join([*peaks, current]))

    def _signed(self, message: bytes) -> str:
        signature = self._key.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True))
        return base64.b64encode(signature).decode()

    def _noted(self, id: UUID, first: int, end: int) -> Transaction:
        mine, now = self._db.id_of(id), self._db.moment()
        yield inserting("audit_entries", [{**row, "subject_id": mine, "at": now} for row in self._events[first:end]])

    def _saving(self, after: Row, before: Row) -> Statement:
        sets = ", ".join(f"{name} = ?" for name in STANDING)
        values = [after[name] for name in STANDING]
        where = "WHERE id = ? AND version = ?"
        return f"UPDATE promotions SET {sets}, version = version + 1 {where}", [
            *values,
            before["id"],
            before["version"],
        ]

    def _asking(self, id: UUID, errands: Sequence[str]) -> Statement:
        now, mine = self._db.moment(), self._db.id_of(id)
        return ASK, [[f"{errand}:{id}", errand, mine, now, now, uuid4().hex[:16]] for errand in errands]

    async def _working(self, _app: web.Application) -> AsyncIterator[None]:
        worker = asyncio.create_task(self._work())
        yield
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker

    async def _work(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            while claimed := await self._db.write(self._claim()):
                await self._db.write(self._finish(claimed))

    def _claim(self) -> Transaction:
        claim = CLAIM.format(skip=self._db.skip)
        return (yield claim, (self._db.moment(30), self._db.moment()))

    def _finish(self, claimed: list[Row]) -> Transaction:
        rows = sorted(((row["generation"], row["key"]) for row in claimed), key=lambda row: row[1])
        yield FINISH, [list(row) for row in rows]


async def serve(backend: Backend, port: int) -> None:
    """Serve the floor from a database until the program is ended."""
    runner = web.AppRunner(await Replay(backend).start(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()
