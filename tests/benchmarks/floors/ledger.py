"""A vote and a request as hand-written SQL, on the product's own tables: one thread, one connection, one commit for
all who wait. It reads and writes the rows that the product does and signs as much; it checks next to nothing.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

Work = Callable[[], Any]
MAX_BATCH = 64
TELL_OF_VOTE = ("card", "notices", "homes")
TELL_OF_DECISION = ("card", "notices", "summary", "outcome", "webhook", "homes")
TELL_OF_REQUEST = ("card", "notices", "homes", "evaluate")


class Ledger:
    """The one writer of a database file; `vote` and `request` return what was stored once it is durable."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._jobs: SimpleQueue[tuple[Work, asyncio.AbstractEventLoop, asyncio.Future[Any]]] = SimpleQueue()
        Thread(target=self._run, daemon=True).start()

    async def vote(self, promotion: str, team: str, user: str) -> str:
        """Store a vote, and the decision where it is the last one needed; gives the promotion's status."""
        return str(await self._wait(lambda: self._vote(promotion, team, user)))

    async def request(self, release: str, environment: str, team: str, user: str) -> str:
        """Store a promotion of a release by name; gives its id."""
        return str(await self._wait(lambda: self._request(release, environment, team, user)))

    async def _wait(self, work: Work) -> Any:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        self._jobs.put((work, loop, answer))
        return await answer

    def _run(self) -> None:
        self._db = sqlite3.connect(self._file, isolation_level=None)
        for pragma in ("busy_timeout=5000", "foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.row_factory = sqlite3.Row
        while True:
            batch = [self._jobs.get()]
            while len(batch) < MAX_BATCH:
                try:
                    batch.append(self._jobs.get_nowait())
                except Empty:
                    break
            self._db.execute("BEGIN IMMEDIATE")
            try:
                done = [(loop, answer, work()) for work, loop, answer in batch]
            except Exception as error:
                self._db.execute("ROLLBACK")
                for _, loop, answer in batch:
                    loop.call_soon_threadsafe(answer.set_exception, error)
                continue
            self._db.execute("COMMIT")
            for loop, answer, value in done:
                loop.call_soon_threadsafe(answer.set_result, value)

    def _vote(self, promotion: str, team: str, user: str) -> str:
        person = self._person(team, user)
        row = self._one("SELECT * FROM promotions WHERE id = ?", promotion)
        votes = self._all("SELECT * FROM votes WHERE promotion_id = ? ORDER BY position", promotion)
        policies = json.loads(row["policies"])
        groups = [group["id"].replace("-", "") for policy in policies for group in policy["approverGroups"]]
        members = {member["person_id"] for group in groups for member in self._members(group)}
        may_not_vote = person["id"] not in members or any(vote["person_id"] == person["id"] for vote in votes)
        if row["status"] != "awaiting_approval" or may_not_vote:
            raise ValueError("cannot vote")
        now = _now()
        vote = (promotion, person["id"], len(votes) + 1, person["name"], "approved", "", now, "slack", "")
        self._insert("votes", vote)
        self._note("vote:approved", now, person, promotion, {"approvalCount": len(votes) + 1, "requiredApprovals": 2})
        if len(votes) + 1 < 2:
            self._tell(promotion, now, TELL_OF_VOTE)
            self._run_sql(
                "UPDATE promotions SET version = version + 1 WHERE id = ? AND version = ?", promotion, row["version"]
            )
            return "awaiting_approval"
        self._decide(row, [*votes, vote], person, now)
        return "approved"

    def _decide(self, row: sqlite3.Row, votes: list[Any], person: sqlite3.Row, now: str) -> None:
        release = self._one("SELECT * FROM releases WHERE id = ?", row["release_id"])
        target = self._one("SELECT * FROM environments WHERE id = ?", row["target_environment_id"])
        scan = self._all(
            "SELECT * FROM scan_reports WHERE release_id = ? ORDER BY sequence DESC LIMIT 1", release["id"]
        )
        frozen = self._all("SELECT * FROM freeze_windows WHERE starts_at <= ? AND ends_at > ?", now, now)
        if frozen:
            raise ValueError("frozen")
        self._all(
            "SELECT id FROM promotions WHERE component = ? AND target_environment_id = ? AND decided_at IS NULL",
            row["component"],
            target["id"],
        )
        self._run_sql(
            "UPDATE promotions SET status = 'approved', decided_at = ?, decided_by_kind = 'person', decided_by_id = ?,"
            " decided_by_name = ?, evaluated_at = ?, gates = ?, version = version + 1 WHERE id = ? AND version = ?",
            now, person["id"], person["name"], now, row["gates"], row["id"], row["version"],
        )  # fmt: skip
        parts = (dict(row), dict(release), dict(target), [dict(each) for each in scan], [list(vote) for vote in votes])
        canonical = json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()
        packet = uuid4().hex
        digest = "sha256:" + hashlib.sha256(canonical).hexdigest()
        signature = self._signed(canonical)
        kept = (packet, row["id"], canonical, digest, signature, "floor", now, "decision", "1", "ES256")
        self._insert("evidence_packets", kept)
        for predicate in ("vsa", "decision"):
            self._insert("attestations", (packet, predicate, "json", canonical, self._signed(canonical), "floor"))
        self._note("promotion:approved", now, person, row["id"], {"contentHash": digest})
        self._tell(row["id"], now, TELL_OF_DECISION)
        self._append(row["id"], hashlib.sha256(canonical).digest())

    def _append(self, subject: str, leaf: bytes) -> None:
        """A leaf of the log, its node and the one above it, and where the log stands."""
        state = self._one("SELECT * FROM log_state")
        size = state["size"]
        self._insert("log_leaves", (size, subject, leaf))
        self._insert("log_nodes", (0, size, hashlib.sha256(b"\0" + leaf).digest()))
        if size % 2:
            self._insert("log_nodes", (1, size // 2, hashlib.sha256(b"\1" + leaf + leaf).digest()))
        self._run_sql("UPDATE log_state SET size = ?, peaks = ?", size + 1, state["peaks"])

    def _request(self, release: str, environment: str, team: str, user: str) -> str:
        person = self._person(team, user)
        wanted = self._one("SELECT * FROM releases WHERE name_key = ?", release)
        target = self._one("SELECT * FROM environments WHERE name_key = ?", environment)
        source = self._one("SELECT * FROM environments WHERE id = ?", target["source_environment_id"])
        self._all(
            "SELECT id FROM promotions WHERE release_id = ? AND target_environment_id = ? AND decided_at IS NULL",
            wanted["id"],
            target["id"],
        )
        policies = [
            dict(row) for row in self._all("SELECT * FROM approval_policies WHERE environment_id = ?", target["id"])
        ]
        for policy in policies:
            self._all("SELECT group_id FROM approval_policy_groups WHERE policy_id = ?", policy["id"])
        promotion, now = uuid4().hex, _now()
        row = {
            "id": promotion, "release_id": wanted["id"], "release_name": wanted["name"],
            "component": wanted["component"],
            "source_environment_id": source["id"], "source_environment_name": source["name"],
            "target_environment_id": target["id"], "target_environment_name": target["name"], "reason": "",
            "requested_by_kind": "person", "requested_by_id": person["id"], "requested_by_name": person["name"],
            "requested_at": now, "policies": json.dumps(policies), "separation_of_duties": 1, "status": "pending",
            "gates": "[]", "decided_by_name": "", "close_comment": "", "external_url": "", "deployment_message": "",
            "version": 1,
        }  # fmt: skip
        self._db.execute(
            f"INSERT INTO promotions ({','.join(row)}) VALUES ({','.join('?' * len(row))})", tuple(row.values())
        )
        self._note("promotion:requested", now, person, promotion, {"release": wanted["name"]})
        self._tell(promotion, now, TELL_OF_REQUEST)
        return promotion

    def _person(self, team: str, user: str) -> sqlite3.Row:
        return self._one(
            "SELECT * FROM people WHERE id = (SELECT person_id FROM slack_accounts WHERE team = ? AND user = ?)",
            team, user,
        )  # fmt: skip

    def _members(self, group: str) -> list[sqlite3.Row]:
        return self._all("SELECT person_id FROM approver_group_members WHERE group_id = ?", group)

    def _note(self, action: str, now: str, person: sqlite3.Row, subject: str, details: dict[str, Any]) -> None:
        entry = (
            None,
            action,
            now,
            "person",
            person["id"],
            person["name"],
            "slack",
            subject,
            json.dumps(details),
            uuid4().hex,
        )
        self._insert("audit_entries", entry)

    def _tell(self, subject: str, now: str, errands: tuple[str, ...]) -> None:
        for errand in errands:
            self._run_sql(
                "INSERT INTO outbox_entries VALUES (?, ?, ?, 1, 0, ?, ?, '', '')"
                " ON CONFLICT (key) DO UPDATE SET generation = generation + 1, due_at = excluded.due_at",
                f"{errand}:{subject}", errand, subject, now, now,
            )  # fmt: skip

    def _signed(self, message: bytes) -> str:
        return base64.b64encode(self._key.sign(message, ec.ECDSA(hashes.SHA256()))).decode()

    def _insert(self, table: str, row: tuple[Any, ...]) -> None:
        self._db.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)

    def _run_sql(self, sql: str, *values: Any) -> None:
        if self._db.execute(sql, values).rowcount != 1:
            raise ValueError("somebody else was quicker")

    def _one(self, sql: str, *values: Any) -> sqlite3.Row:
        row: sqlite3.Row = self._db.execute(sql, values).fetchone()
        return row

    def _all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        return self._db.execute(sql, values).fetchall()


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
