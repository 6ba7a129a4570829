"""What must be true of a database once a race is over, read back from its audit log, evidence and transparency log.

The audit log is replayed: who was in which group and active at each vote and each decision, in the log's own order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from core.app.ports import Store
from core.domain.events import Action, Event
from core.domain.promotion import OPEN, Promotion, Status, VoteChoice
from core.evidence.envelope import EvidencePacket
from core.evidence.keyring import KeyRing
from core.evidence.log.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash
from core.evidence.verification import verify

DECIDING = {
    Action.PROMOTION_APPROVED: "approved",
    Action.PROMOTION_REJECTED: "rejected",
    Action.PROMOTION_CANCELLED: "cancelled",
    Action.PROMOTION_EXPIRED: "cancelled",
    Action.PROMOTION_SUPERSEDED: "cancelled",
}
REFUSED = {Status.REJECTED, Status.CANCELLED}
PEOPLE = {Action.PERSON_CREATED, Action.PERSON_UPDATED, Action.GROUP_CREATED, Action.GROUP_UPDATED}


@dataclass
class Aftermath:
    """Everything that was stored."""

    promotions: dict[UUID, Promotion]
    packets: dict[UUID, EvidencePacket | None]
    events: tuple[Event, ...]
    leaves: tuple[bytes, ...]
    size: int
    root: bytes
    keys: KeyRing

    def of(self, promotion: UUID) -> list[Event]:
        return [event for event in self.events if event.subject_id == promotion]

    def not_ended_once(self) -> list[str]:
        """Promotions that were decided and are open, or not and are not, or twice, or otherwise than they stand."""
        wrong = []
        for promotion in self.promotions.values():
            ends = [DECIDING[event.action] for event in self.of(promotion.id) if event.action in DECIDING]
            if ends != ([] if promotion.is_open else [decided_as(promotion)]):
                wrong.append(f"{promotion.id} is {promotion.status}, and was decided {ends}")
        return wrong

    def evidence_wrong(self) -> list[str]:
        """Promotions whose packet is missing, too early, does not verify, or says another thing than they do."""
        wrong = []
        for promotion in self.promotions.values():
            packet = self.packets[promotion.id]
            if promotion.is_open and packet is None:
                continue
            if packet is None or not verify(packet.to_file(), self.keys).ok:
                wrong.append(f"{promotion.id} has {packet and packet.id}, which does not verify")
                continue
            said = packet.content["promotion"]["status"]
            votes = sorted(vote["approverId"] for vote in packet.content["approvals"])
            if said != decided_as(promotion) or votes != sorted(str(vote.person_id) for vote in promotion.votes):
                wrong.append(f"{promotion.id}: the evidence says {said} by {votes}")
        return wrong

    def counted_twice(self) -> list[str]:
        """People with more than one vote on a promotion, in the row or in the audit log."""
        wrong = []
        for promotion in self.promotions.values():
            voted = Counter(vote.person_id for vote in promotion.votes)
            noted = Counter(event.actor.id for event in self.of(promotion.id) if event.action is Action.VOTE_APPROVED)
            wrong += [f"{who} on {promotion.id}" for who, times in (*voted.items(), *noted.items()) if times > 1]
        return wrong

    def not_allowed(self, required: int) -> list[str]:
        """Votes and decisions that the groups did not allow as they were then, with a requester who never approves."""
        wrong: list[str] = []
        state, approvals = _Electorate(), dict[UUID, set[UUID]]()
        for event in self.events:
            if event.action in PEOPLE:
                state.note(event)
            elif event.subject_id in self.promotions:
                voters = approvals.setdefault(event.subject_id, set())
                wrong += state.against(event, voters, required, self.promotions[event.subject_id])
        return wrong

    def not_logged_once(self) -> list[str]:
        """Decisions that are not in the log, or twice."""
        hashes, leaves = [packet.content_hash for packet in self.packets.values() if packet], b"\n".join(self.leaves)
        return [found for found in hashes if leaves.count(found.encode()) != 1]

    def roots(self) -> dict[int, bytes]:
        """The root of the log at every size that it has had, worked out from its leaves."""
        found, frontier = {0: EMPTY_ROOT}, Frontier()
        for leaf in self.leaves:
            frontier, _ = frontier.grown(leaf_hash(leaf))
            found[frontier.size] = root_of(frontier)
        return found


def root_of(frontier: Frontier) -> bytes:
    """The root hash over everything that a tree has."""
    root = frontier.peaks[-1] if frontier.peaks else EMPTY_ROOT
    for peak in reversed(frontier.peaks[:-1]):
        root = node_hash(peak, root)
    return root


def decided_as(promotion: Promotion) -> str:
    """What was decided, whatever became of the deployment."""
    return promotion.status.value if promotion.status in {*OPEN, *REFUSED} else Status.APPROVED.value


@dataclass
class _Electorate:
    """Who is active and in a group, as the audit log tells it."""

    emails: dict[UUID, str] = field(default_factory=dict)
    active: set[str] = field(default_factory=set)
    groups: dict[UUID, set[str]] = field(default_factory=dict)

    def note(self, event: Event) -> None:
        if event.action in {Action.GROUP_CREATED, Action.GROUP_UPDATED}:
            self.groups[event.subject_id] = set(event.details["members"])
            return
        email = event.details["email"]
        self.emails[event.subject_id] = email
        (self.active.add if event.details.get("active", True) else self.active.discard)(email)

    def eligible(self, person: UUID | None) -> bool:
        email = self.emails.get(person) if person else None
        return email in self.active and any(email in members for members in self.groups.values())

    def against(self, event: Event, voters: set[UUID], required: int, promotion: Promotion) -> Iterator[str]:
        who = event.actor.id
        if event.action in {Action.VOTE_APPROVED, Action.PROMOTION_REJECTED} and not self.eligible(who):
            yield f"{event.action} {event.sequence} by {event.actor.name}, who may not"
        if event.action is Action.VOTE_APPROVED and who:
            voters.add(who)
            if who == promotion.requested_by.id:
                yield f"{event.action} {event.sequence} by the requester"
        counted = sum(self.eligible(voter) for voter in voters)
        if event.action is Action.PROMOTION_APPROVED and counted < required:
            yield f"{event.action} {event.sequence} by {counted} of {required}"


def aftermath(store: Store, ids: list[UUID]) -> Aftermath:
    """Read everything in one transaction."""
    found = [store.promotions.get(id) for id in ids]
    promotions = {promotion.id: promotion for promotion in found if promotion}
    state = store.log.state()
    return Aftermath(
        promotions,
        {id: store.evidence.of(id) for id in ids},
        store.audit.of_actions(frozenset(Action)),
        store.log.entries(0, state.frontier.size),
        state.frontier.size,
        root_of(state.frontier),
        KeyRing(store.evidence.keys()),
    )


def lost(after: Aftermath, who: UUID, promotion: UUID, choice: VoteChoice) -> bool:
    """Whether a vote that was acknowledged is not there."""
    vote = after.promotions[promotion].vote_of(who)
    return vote is None or vote.choice is not choice
