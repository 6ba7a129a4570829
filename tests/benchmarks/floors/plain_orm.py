"""The approval as most would write it: Bolt, SQLAlchemy's async ORM and aiosqlite, a session for each click.

It reads and writes the rows that the product does and signs as much. Clicks wait for each other at a lock, because a
session that meets another one's write lock would only fail.

    python -m tests.benchmarks.floors.plain_orm PORT SECRET DATABASE
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import sys
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from slack_bolt.async_app import AsyncAck
from sqlalchemy import create_engine, event, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.ext.automap import automap_base

from tests.benchmarks.floors.bare_bolt import build, run
from tests.benchmarks.floors.ledger import TELL_OF_DECISION, TELL_OF_VOTE


class Approvals:
    """Votes through mapped classes, one for each table of the product's database."""

    def __init__(self, file: str) -> None:
        base = automap_base()
        base.prepare(create_engine(f"sqlite:///{file}"))
        self._mapped = base.classes
        self._members = base.metadata.tables["approver_group_members"]
        engine = create_async_engine(f"sqlite+aiosqlite:///{file}")

        @event.listens_for(engine.sync_engine, "connect")
        def durable(connection: Any, _record: Any) -> None:
            for pragma in ("busy_timeout=5000", "foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
                connection.execute(f"PRAGMA {pragma}")

        self._sessions = async_sessionmaker(engine)
        self._turn = asyncio.Lock()
        self._key = ec.generate_private_key(ec.SECP256R1())

    async def vote(self, promotion_id: str, team: str, user: str) -> None:
        """Store a vote, and the decision where it is the last one needed."""
        async with self._turn, self._sessions() as session, session.begin():
            await self._vote(session, promotion_id, team, user)

    async def _vote(self, session: AsyncSession, promotion_id: str, team: str, user: str) -> None:
        m, now = self._mapped, datetime.now(UTC).replace(tzinfo=None)
        account = await session.get_one(m.slack_accounts, (team, user))
        person = await session.get_one(m.people, account.person_id)
        promotion = await session.get_one(m.promotions, promotion_id)
        votes = list(await session.scalars(select(m.votes).filter_by(promotion_id=promotion_id)))
        groups = [group["id"].replace("-", "") for policy in promotion.policies for group in policy["approverGroups"]]
        members = set(
            await session.scalars(select(self._members.c.person_id).where(self._members.c.group_id.in_(groups)))
        )
        if (
            promotion.status != "awaiting_approval"
            or person.id not in members
            or any(v.person_id == person.id for v in votes)
        ):
            raise ValueError("cannot vote")
        vote = m.votes(
            promotion_id=promotion_id, person_id=person.id, position=len(votes) + 1, person_name=person.name,
            choice="approved", comment="", at=now, door="slack", seen="",
        )  # fmt: skip
        session.add(vote)
        self._note(session, "vote:approved", now, person, promotion_id, {"approvalCount": len(votes) + 1})
        promotion.version += 1
        if len(votes) + 1 < 2:
            await self._tell(session, promotion_id, now, TELL_OF_VOTE)
            return
        await self._decide(session, promotion, [*votes, vote], person, now)

    async def _decide(
        self, session: AsyncSession, promotion: Any, votes: list[Any], person: Any, now: datetime
    ) -> None:
        m = self._mapped
        release = await session.get_one(m.releases, promotion.release_id)
        target = await session.get_one(m.environments, promotion.target_environment_id)
        newest = (
            select(m.scan_reports).filter_by(release_id=release.id).order_by(m.scan_reports.sequence.desc()).limit(1)
        )
        scan = await session.scalar(newest)
        if list(
            await session.scalars(
                select(m.freeze_windows).where(m.freeze_windows.starts_at <= now, m.freeze_windows.ends_at > now)
            )
        ):
            raise ValueError("frozen")
        await session.scalars(
            select(m.promotions.id).filter_by(
                component=promotion.component, target_environment_id=target.id, decided_at=None
            )
        )
        promotion.status, promotion.decided_at, promotion.decided_by_kind = "approved", now, "person"
        promotion.decided_by_id, promotion.decided_by_name, promotion.evaluated_at = person.id, person.name, now
        parts = [_plain(each) for each in (promotion, release, target, scan, *votes)]
        canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str).encode()
        packet, digest = uuid4().hex, "sha256:" + hashlib.sha256(canonical).hexdigest()
        session.add(m.evidence_packets(
            id=packet, promotion_id=promotion.id, canonical=canonical, content_hash=digest,
            signature=self._signed(canonical), signer_key_ref="floor", generated_at=now, type="decision", version="1",
            signature_algorithm="ES256",
        ))  # fmt: skip
        await session.flush()
        for predicate in ("vsa", "decision"):
            session.add(m.attestations(
                packet_id=packet, predicate_type=predicate, payload_type="json", payload=canonical,
                signature=self._signed(canonical), signer_key_ref="floor",
            ))  # fmt: skip
        self._note(session, "promotion:approved", now, person, promotion.id, {"contentHash": digest})
        await self._tell(session, promotion.id, now, TELL_OF_DECISION)
        state = (await session.scalars(select(m.log_state))).one()
        leaf = hashlib.sha256(canonical).digest()
        session.add(m.log_leaves(position=state.size, subject_id=promotion.id, content=leaf))
        session.add(m.log_nodes(level=0, position=state.size, hash=hashlib.sha256(b"\0" + leaf).digest()))
        if state.size % 2:
            session.add(
                m.log_nodes(level=1, position=state.size // 2, hash=hashlib.sha256(b"\1" + leaf + leaf).digest())
            )
        state.size += 1

    def _note(self, session: AsyncSession, action: str, now: datetime, person: Any, subject: str, details: Any) -> None:
        session.add(self._mapped.audit_entries(
            action=action, at=now, actor_kind="person", actor_id=person.id, actor_name=person.name, door="slack",
            subject_id=subject, details=details, correlation_id=uuid4().hex,
        ))  # fmt: skip

    async def _tell(self, session: AsyncSession, subject: str, now: datetime, errands: tuple[str, ...]) -> None:
        for errand in errands:
            key = f"{errand}:{subject}"
            if entry := await session.get(self._mapped.outbox_entries, key):
                entry.generation, entry.due_at = entry.generation + 1, now
            else:
                session.add(self._mapped.outbox_entries(
                    key=key, errand=errand, subject_id=subject, generation=1, attempts=0, created_at=now, due_at=now,
                    error="", correlation_id="",
                ))  # fmt: skip

    def _signed(self, message: bytes) -> str:
        return base64.b64encode(self._key.sign(message, ec.ECDSA(hashes.SHA256()))).decode()


def _plain(row: Any) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns} if row else {}


def main(port: str, secret: str, database: str) -> None:
    """Run the program."""
    app, approvals = build(secret), Approvals(database)

    async def approve(ack: AsyncAck, body: dict[str, Any]) -> None:
        promotion = json.loads(body["actions"][0]["value"])["promotionId"].replace("-", "")
        await approvals.vote(promotion, body["team"]["id"], body["user"]["id"])
        await ack()

    app.action("promotion.approve")(approve)
    run(int(port), action=app)


if __name__ == "__main__":
    main(*sys.argv[1:])
