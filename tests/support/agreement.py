"""Does everything in a database agree? Promotions, votes, evidence, audit, the transparency log and the outbox, read
row by row, without the product's own reading code.

A disagreement is a sentence. None is what every test of survival wants to see, whatever was done to the product.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Row, Table, func, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.db import attestation_tables, log_tables, notice_tables, tables
from bot.db.urls import parse_url
from core.app.outbox import Errand
from core.domain.events import LOGGED, Action
from core.domain.promotion import OPEN, Status
from core.evidence.log.entries import AUDIT_TYPE, logged_decision
from core.evidence.log.merkle import Frontier, Node, leaf_hash
from core.evidence.public_key import p256_from_pem
from core.evidence.signing import signature_is_valid, strict_base64

T = TypeVar("T")

LET_GO = frozenset({Status.APPROVED, Status.DEPLOYING, Status.DEPLOYED, Status.FAILED, Status.ROLLED_BACK})
DECIDING = {
    Action.PROMOTION_APPROVED.value: Status.APPROVED,
    Action.PROMOTION_REJECTED.value: Status.REJECTED,
    Action.PROMOTION_CANCELLED.value: Status.CANCELLED,
    Action.PROMOTION_EXPIRED.value: Status.CANCELLED,
    Action.PROMOTION_SUPERSEDED.value: Status.CANCELLED,
}
TOLD_OF_DECISIONS = (Errand.CARD, Errand.NOTICES, Errand.SUMMARY, Errand.OUTCOME, Errand.WEBHOOK)
TOLD_ONCE = frozenset({Errand.SUMMARY, Errand.OUTCOME, Errand.WEBHOOK})

Sentences = Iterator[str]


async def require_agreement(url: str) -> None:
    """Fail with what disagrees in the database behind a URL."""
    found = await looked_at(url, lambda connection: [*disagreements(connection)])
    assert not found, "\n".join(found[:20])


async def looked_at(url: str, look: Callable[[Connection], T]) -> T:
    """Run `look` in one transaction that changes nothing."""
    engine = create_async_engine(parse_url(url))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(look)
    finally:
        await engine.dispose()


def disagreements(connection: Connection) -> Sentences:
    """Everything that cannot be if all transactions are whole."""
    yield from _unsound(connection)
    for table in tables.metadata.sorted_tables:
        yield from _orphans(connection, table)
    yield from _decisions(connection)
    yield from _votes(connection)
    yield from _log(connection)
    yield from _errands(connection)


def _unsound(connection: Connection) -> Sentences:
    if connection.dialect.name == "sqlite":
        for (said,) in connection.execute(text("PRAGMA integrity_check(5)")):
            if said != "ok":
                yield f"the file is damaged: {said}"


def _orphans(connection: Connection, table: Table) -> Sentences:
    """References to what is not there. Both databases refuse them; whether they still do after a crash is seen here."""
    for reference in table.foreign_keys:
        other = reference.column.table.alias()
        there = select(other).where(other.c[reference.column.name] == reference.parent).exists()
        lost = select(func.count()).select_from(table).where(reference.parent.is_not(None), ~there)
        if count := connection.execute(lost).scalar_one():
            yield f"{count} rows of {table.name} refer by {reference.parent.name} to nothing"


def _decisions(connection: Connection) -> Sentences:
    """One packet, one audit entry and the attestations for each decision, and none of them without a decision."""
    packets = {row.promotion_id: row for row in _all(connection, tables.evidence_packets)}
    keys = {row.key_ref: p256_from_pem(row.public_key_pem) for row in _all(connection, tables.public_keys)}
    ends = _ends(connection)
    requests = _counted(connection, tables.audit_entries, "subject_id", {Action.PROMOTION_REQUESTED})
    forms = Counter(row.packet_id for row in _all(connection, attestation_tables.attestations))
    ballots = _ballots(connection)
    for promotion in _all(connection, tables.promotions):
        who, packet = f"promotion {promotion.id}", packets.pop(promotion.id, None)
        is_decided = Status(promotion.status) not in OPEN
        decided = [_decided_as(promotion)] if is_decided else []
        if requests[promotion.id] != 1:
            yield f"{who} was requested {requests[promotion.id]} times by the audit log"
        if is_decided != (packet is not None):
            yield f"{who} is {promotion.status} and has {'a' if packet else 'no'} packet"
        if ends.get(promotion.id, []) != decided:
            yield f"{who} is {promotion.status} and was decided {ends.get(promotion.id, [])} by the audit log"
        if packet is not None:
            key = keys.get(packet.signer_key_ref)
            yield from (f"{who}: {said}" for said in _packet(promotion, packet, key, ballots.get(promotion.id, [])))
            let_go = Status(promotion.status) in LET_GO
            if forms[packet.id] != 1 + let_go:
                yield f"{who} has {forms[packet.id]} attestations"
    yield from (f"a packet is of promotion {promotion_id}, which is not there" for promotion_id in packets)


def _packet(promotion: Row[Any], packet: Row[Any], key: Any, ballots: list[tuple[str, str]]) -> Sentences:
    signed = bytes(packet.canonical)
    if packet.content_hash != "sha256:" + hashlib.sha256(signed).hexdigest():
        yield "its hash is of other content"
    if key is None or not signature_is_valid(key, strict_base64(packet.signature), signed):
        yield "its signature does not hold"
    content = json.loads(signed)
    let_go = Status(promotion.status) in LET_GO
    if content["promotion"]["id"] != str(promotion.id):
        yield f"its packet is of {content['promotion']['id']}"
    said = content["promotion"]["decision"], content["promotion"]["status"]
    if said != ("allow" if let_go else "deny", _decided_as(promotion)):
        yield f"it is {promotion.status}, and its packet says {said}"
    if [(vote["approverId"], vote["decision"]) for vote in content["approvals"]] != ballots:
        yield f"its packet has other votes than were cast: {content['approvals']}, {ballots}"
    if let_go and any(policy["approvalCount"] < policy["requiredApprovals"] for policy in content["policies"]):
        yield "it was approved without a quorum"
    if let_go and promotion.separation_of_duties and str(promotion.requested_by_id) in dict(ballots):
        yield "its requester has approved it"


def _ends(connection: Connection) -> dict[UUID, list[Status]]:
    """As what each promotion was decided by the audit log, in its order."""
    found: dict[UUID, list[Status]] = {}
    entries = tables.audit_entries
    deciding = select(entries).where(entries.c.action.in_(DECIDING)).order_by(entries.c.sequence)
    for row in connection.execute(deciding):
        found.setdefault(row.subject_id, []).append(DECIDING[row.action])
    return found


def _decided_as(promotion: Row[Any]) -> Status:
    """What was decided, whatever became of the deployment."""
    status = Status(promotion.status)
    return Status.APPROVED if status in LET_GO else status


def _ballots(connection: Connection) -> dict[UUID, list[tuple[str, str]]]:
    """The votes of each promotion as (person, choice), in their order."""
    found: dict[UUID, list[tuple[str, str]]] = {}
    votes = tables.votes.c
    for row in connection.execute(select(tables.votes).order_by(votes.promotion_id, votes.position)):
        found.setdefault(row.promotion_id, []).append((str(row.person_id), row.choice))
    return found


def _votes(connection: Connection) -> Sentences:
    """One audit entry for each vote, and no entry without its vote."""
    entries = tables.audit_entries.c
    noted: Counter[tuple[UUID, UUID, str]] = Counter()
    for action, choice in ((Action.VOTE_APPROVED, "approved"), (Action.PROMOTION_REJECTED, "rejected")):
        found = select(entries.subject_id, entries.actor_id).where(entries.action == action.value)
        noted.update((row.subject_id, row.actor_id, choice) for row in connection.execute(found))
    cast = Counter((row.promotion_id, row.person_id, row.choice) for row in _all(connection, tables.votes))
    for vote in (noted - cast) + (cast - noted):
        yield f"the vote {vote} was cast {cast[vote]} times and noted {noted[vote]} times"


def _log(connection: Connection) -> Sentences:
    """Leaves without a gap, from which all hashes follow; a leaf for each decision and each logged audit entry."""
    states = _all(connection, log_tables.log_state)
    leaves = connection.execute(select(log_tables.log_leaves).order_by(log_tables.log_leaves.c.position)).all()
    signed = {row.size: bytes(row.root) for row in _all(connection, log_tables.log_checkpoints)}
    tree, nodes = Frontier(), dict[Node, bytes]()
    for number, leaf in enumerate(leaves):
        if leaf.position != number:
            yield f"leaf {number} is numbered {leaf.position}"
        tree, completed = tree.grown(leaf_hash(bytes(leaf.content)))
        nodes.update(completed)
        if signed.pop(tree.size, tree.root) != tree.root:
            yield f"the checkpoint of {tree.size} leaves was signed over others"
    if larger := [size for size in signed if size]:
        yield f"checkpoints of {larger} leaves were signed, and there are {tree.size}"
    if [(row.size, bytes(row.peaks)) for row in states] != [(tree.size, b"".join(tree.peaks))]:
        yield f"the log says that it is something else than its {tree.size} leaves"
    if nodes != {Node(row.level, row.position): bytes(row.hash) for row in _all(connection, log_tables.log_nodes)}:
        yield "the hashes of the log are not those of its leaves"
    yield from _leaves(connection, [bytes(leaf.content) for leaf in leaves])


def _leaves(connection: Connection, leaves: list[bytes]) -> Sentences:
    packets = _all(connection, tables.evidence_packets)
    wanted = Counter(logged_decision(row.id, row.content_hash, row.generated_at).content for row in packets)
    found = Counter(leaf for leaf in leaves if json.loads(leaf)["type"] != AUDIT_TYPE)
    for leaf in (wanted - found) + (found - wanted):
        yield f"{found[leaf]} leaves and {wanted[leaf]} packets are of the decision {leaf.decode()}"
    logged = _counted(connection, tables.audit_entries, "subject_id", LOGGED)
    told = Counter(UUID(json.loads(leaf)["subjectId"]) for leaf in leaves if json.loads(leaf)["type"] == AUDIT_TYPE)
    for subject in (logged - told) + (told - logged):
        yield f"{told[subject]} leaves and {logged[subject]} audit entries are of {subject}"


def _errands(connection: Connection) -> Sentences:
    """Whatever has to be told of was asked for in the transaction that made it so."""
    asked = {row.key for row in _all(connection, tables.outbox_entries)}
    for promotion in _all(connection, tables.promotions):
        is_decided = Status(promotion.status) not in OPEN
        wanted = {f"{errand.value}:{promotion.id}" for errand in (TOLD_OF_DECISIONS if is_decided else (Errand.CARD,))}
        yield from (f"nobody was asked to run {key}" for key in wanted - asked)
        once = {f"{errand.value}:{promotion.id}" for errand in TOLD_ONCE}
        if not is_decided:
            yield from (f"{key} is asked for before the decision" for key in once & asked)
    for notice in _all(connection, notice_tables.notices):
        if f"{Errand.NOTICES.value}:{notice.promotion_id}" not in asked:
            yield f"nobody was asked to tell {notice.person_id} of {notice.promotion_id}"


def _counted(connection: Connection, table: Table, column: str, actions: Any) -> Counter[UUID]:
    found = select(table.c[column]).where(table.c.action.in_([action.value for action in actions]))
    return Counter(connection.execute(found).scalars())


def _all(connection: Connection, table: Table) -> list[Row[Any]]:
    return list(connection.execute(select(table)))
