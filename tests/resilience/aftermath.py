"""What the rules must have allowed in a race, read back from its audit log.

The log is replayed in its own order: who was in which group and active at each vote and each decision. That everything
in a database agrees is looked at by `tests.support.agreement`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from core.app.ports import Store
from core.domain.events import Action, Event
from core.domain.promotion import Promotion, VoteChoice
from core.evidence.log.merkle import EMPTY_ROOT, Frontier, leaf_hash

PEOPLE = {Action.PERSON_CREATED, Action.PERSON_UPDATED, Action.GROUP_CREATED, Action.GROUP_UPDATED}


@dataclass
class Aftermath:
    """What was stored."""

    promotions: dict[UUID, Promotion]
    events: tuple[Event, ...]
    leaves: tuple[bytes, ...]

    def of(self, promotion: UUID) -> list[Event]:
        return [event for event in self.events if event.subject_id == promotion]

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

    def roots(self) -> dict[int, bytes]:
        """The root of the log at every size that it has had, worked out from its leaves."""
        found, frontier = {0: EMPTY_ROOT}, Frontier()
        for leaf in self.leaves:
            frontier, _ = frontier.grown(leaf_hash(leaf))
            found[frontier.size] = frontier.root
        return found


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
    leaves = store.log.entries(0, store.log.state().size)
    return Aftermath(promotions, store.audit.of_actions(frozenset(Action)), leaves)


def lost(after: Aftermath, who: UUID, promotion: UUID, choice: VoteChoice) -> bool:
    """Whether a vote that was acknowledged is not there."""
    vote = after.promotions[promotion].vote_of(who)
    return vote is None or vote.choice is not choice
