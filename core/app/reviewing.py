"""For auditors: everything that was decided in a period, as of one checkpoint of the log.

The log says what there is, so nothing can be left out by mistake: of each leaf of the period the packet must be there,
and be the one that was logged. All of it is read in one transaction, piece by piece.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from core.app.authorise import require_right
from core.app.evidence_records import Sealed
from core.app.finding import found
from core.app.ports import Ports, Store
from core.app.proving import Proving, Published, kept_nodes, published_of
from core.domain.environment import Environment
from core.domain.moment import moment_of
from core.domain.people import Actor, Person, Right
from core.domain.policy import ApproverGroup
from core.domain.promotion import Promotion
from core.errors import LogInconsistentError, UnavailableError
from core.evidence.audit.case import Case
from core.evidence.audit.period import Period
from core.evidence.audit.reviewed import Told
from core.evidence.canonical import content_hash
from core.evidence.envelope import PACKET_TYPE
from core.evidence.exports import Export, all_exports
from core.evidence.log.merkle import Node, hashes_of, inclusion_holds, inclusion_path, leaf_hash
from core.evidence.log.notes import verifier_key
from core.evidence.log.proofs import LogProof
from core.evidence.public_key import PublicKeyRecord

T = TypeVar("T")
LEAVES, CASES = 1000, 100
"""How many are read at a time."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry of the log, with its place in it."""

    index: int
    entry: bytes
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """An audit entry that is a leaf of the log (policies, keys, waivers, lifted freezes), and the proof of that."""

    leaf: Leaf
    proof: bytes


@dataclass(frozen=True, slots=True)
class LoggedDecision:
    """A decision: its case, its packet in every form (the packet first), and the proof that it is in the log.

    `told` is when the people who voted were first told of it.
    """

    leaf: Leaf
    case: Case
    content_hash: str
    exports: tuple[Export, ...]
    proof: bytes
    told: Told


class Review:
    """What there is to look at, inside one transaction. `environments` restricts decisions to some targets."""

    def __init__(
        self, store: Store, period: Period, environments: Sequence[Environment], published: Published, at: datetime
    ) -> None:
        self._store = store
        self._targets = frozenset(environment.id for environment in environments)
        self.period = period
        self.environments = tuple(environments)
        self.published = published
        self.at = at

    @property
    def size(self) -> int:
        """How many leaves the log has, as far as this goes."""
        return self.published.checkpoint.size

    def leaves(self) -> Iterator[LoggedDecision | LoggedChange]:
        """Everything of the period that is in the log, in the log's order.

        Raises LogInconsistentError where a packet is gone, or is not the one that was logged.
        """
        of_the_period = self._leaves_of_the_period(0, self.size)
        while some := tuple(islice(of_the_period, CASES)):
            yield from self._proved(some)

    def undecided(self) -> Iterator[Promotion]:
        """What was requested in the period and not decided in it, as of the checkpoint; the oldest request first."""
        ids = [*self._store.evidence.unsealed(self.period.since, self.period.until), *self._decided_meanwhile()]
        for start in range(0, len(ids), CASES):
            for promotion in self._store.notices.promotions(ids[start : start + CASES]):
                if promotion.requested_at in self.period and self._is_wanted(promotion.target.id):
                    yield promotion

    def checkpoints(self) -> Iterator[Published]:
        """The checkpoints that were signed in the period, and the one that this goes by, the smallest first."""
        sizes = {*self._store.log.checkpoint_sizes(self.period.since, self.period.until), self.size}
        for size in sorted(size for size in sizes if size <= self.size):
            yield published_of(self._store, found(self._store.log.checkpoint(size), "checkpoint", f"of size {size}"))

    def public_keys(self) -> tuple[PublicKeyRecord, ...]:
        """All keys that have ever signed, oldest first."""
        return self._store.evidence.keys()

    def log_keys(self) -> tuple[str, ...]:
        """The same as tools for signed notes take them."""
        return tuple(verifier_key(self.published.checkpoint.origin, key) for key in self.public_keys())

    def groups(self) -> Iterator[tuple[ApproverGroup, tuple[Person, ...]]]:
        """The approver groups with their members by name, as they are now."""
        for group in self._store.groups.all():
            yield group, self._store.people.among(group.member_ids)

    def _is_wanted(self, target_id: UUID) -> bool:
        return not self._targets or target_id in self._targets

    def _leaves(self, start: int, end: int) -> Iterator[Leaf]:
        for first in range(start, end, LEAVES):
            entries = self._store.log.entries(first, min(first + LEAVES, end))
            for index, entry in enumerate(entries, start=first):
                yield Leaf(index, entry, json.loads(entry))

    def _leaves_of_the_period(self, start: int, end: int) -> Iterator[Leaf]:
        return (leaf for leaf in self._leaves(start, end) if moment_of(leaf.content["at"]) in self.period)

    def _decided_meanwhile(self) -> Iterator[UUID]:
        """Promotions that were decided after the checkpoint was signed: in the period, but not to be proved by it."""
        later = self._leaves_of_the_period(self.size, self._store.log.state().size)
        packets = [UUID(leaf.content["packetId"]) for leaf in later if leaf.content["type"] == PACKET_TYPE]
        return (sealed.packet.promotion_id for sealed in self._store.evidence.among(packets).values())

    def _proved(self, leaves: Sequence[Leaf]) -> Iterator[LoggedDecision | LoggedChange]:
        packets = self._store.evidence.among(_packet_id(leaf) for leaf in leaves if _is_decision(leaf))
        told = self._told(packets.values())
        for leaf, proof in zip(leaves, self._proofs(leaves), strict=True):
            if not _is_decision(leaf):
                yield LoggedChange(leaf, proof)
                continue
            sealed = packets.get(_packet_id(leaf))
            if sealed is None or content_hash(sealed.packet.canonical) != leaf.content["contentHash"]:
                raise LogInconsistentError(
                    f"The evidence of leaf {leaf.index} is gone, or is not what was logged",
                    hint="Compare the database with a backup and with the checkpoints that others have.",
                    leafIndex=leaf.index,
                )
            case = Case.of(sealed.packet.content)
            if self._is_wanted(UUID(case.target_id)):
                yield LoggedDecision(
                    leaf=leaf,
                    case=case,
                    content_hash=leaf.content["contentHash"],
                    exports=all_exports(sealed.packet, sealed.attestations, sealed.timestamp),
                    proof=proof,
                    told=told.get(sealed.packet.promotion_id, {}),
                )

    def _proofs(self, leaves: Sequence[Leaf]) -> Iterator[bytes]:
        """The inclusion proofs of these leaves, from one look at the hashes."""
        checkpoint, note = self.published.checkpoint, self.published.text
        paths = [inclusion_path(leaf.index, self.size) for leaf in leaves]
        nodes = kept_nodes(self._store)
        hashes = iter(hashes_of((span for path in paths for span in path), lambda wanted: nodes(_once(wanted))))
        for leaf, path in zip(leaves, paths, strict=True):
            proof = tuple(islice(hashes, len(path)))
            if not inclusion_holds(leaf_hash(leaf.entry), leaf.index, self.size, proof, checkpoint.root):
                message = f"The leaf {leaf.index} in the database is not the one that was logged"
                raise LogInconsistentError(message, leafIndex=leaf.index)
            yield LogProof(leaf.index, proof, note, leaf.entry).to_text().encode()

    def _told(self, sealed: Iterable[Sealed]) -> dict[UUID, dict[str, datetime]]:
        told: dict[UUID, dict[str, datetime]] = {}
        first = self._store.notices.first_told([each.packet.promotion_id for each in sealed])
        for (promotion_id, person_id), at in first.items():
            told.setdefault(promotion_id, {})[str(person_id)] = at
        return told


class Reviewing:
    """Lets administrators look at a period."""

    def __init__(self, ports: Ports, proving: Proving) -> None:
        self._ports = ports
        self._proving = proving

    async def review(self, actor: Actor, period: Period, environments: Sequence[str], look: Callable[[Review], T]) -> T:
        """Run `look` on the period, restricted to the target environments of these names, if any.

        `look` is run again from its start where the connection breaks. Raises NotFoundError for an environment that
        is not there, ForbiddenError, LogInconsistentError, and UnavailableError where decisions are not in the log yet.
        """
        published = await self._proving.checkpoint()

        def body(store: Store) -> T:
            require_right(store, actor, Right.ADMIN)
            targets = [found(store.environments.named(name), "environment", name) for name in environments]
            if next(iter(store.log.forgotten()), None) is not None:
                raise UnavailableError(
                    "Decisions of an earlier version are not in the log yet, so an export would not be whole",
                    hint="Start the server once: it brings them in.",
                )
            return look(Review(store, period, targets, published, self._ports.clock()))

        return await self._ports.transactions.read(body)


def _is_decision(leaf: Leaf) -> bool:
    return bool(leaf.content["type"] == PACKET_TYPE)


def _packet_id(leaf: Leaf) -> UUID:
    return UUID(leaf.content["packetId"])


def _once(nodes: Sequence[Node]) -> Sequence[Node]:
    return list(dict.fromkeys(nodes))
