"""Deciding a promotion: votes, cancelling, and running out of time.

The order of checks at a vote: the actor is a person who may vote at all, the promotion exists, it is open, it is known
who is in its groups, this person may cast this vote, for a vote that decides no gate blocks at this moment, and what
the voter saw is still so. Only then anything is stored.
A refusal that itself changes something (fresh gate results, an expiry that was noticed) is returned as a value from
the transaction, so that what it found out is kept, and raised after the commit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from core.app.authorise import acting_person, require_right
from core.app.closing import close, close_approved
from core.app.drifting import drift
from core.app.evaluating import with_fresh_gates
from core.app.finding import found
from core.app.journal import REFRESH, Journal
from core.app.ports import Ports, Store
from core.app.receipts import without_receipt
from core.app.sealing import write_sealed
from core.app.syncing import Syncing, require_known_members
from core.domain.events import Action
from core.domain.gate_result import blocking
from core.domain.people import SYSTEM, Actor, Person, Right
from core.domain.policy import Electorate
from core.domain.promotion import CloseReason, Promotion, Status, Vote, VoteChoice
from core.domain.separation import refusal_to_act_as_voter, refusal_to_vote
from core.domain.text import checked_text
from core.errors import (
    AlreadyDecidedError,
    DomainError,
    ForbiddenError,
    GatesBlockedError,
    MembershipUnknownError,
    SigningUnavailableError,
    UnavailableError,
)


@dataclass(frozen=True, slots=True)
class CastVote:
    """Approve or reject. `comment` is the approval's comment or the reason of the rejection (then required).

    `seen` binds an approval to what the voter saw (`core.domain.seen`); empty binds to nothing. A rejection is never
    bound: whoever saw enough to say no need not look again.
    """

    promotion_id: UUID
    choice: VoteChoice
    comment: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class CancelPromotion:
    """Take a request back."""

    promotion_id: UUID
    reason: str = ""


class Deciding:
    """Stores votes and decisions. Whoever comes second gets AlreadyDecidedError with who decided and when."""

    def __init__(self, ports: Ports, syncing: Syncing) -> None:
        self._ports = ports
        self._syncing = syncing

    async def vote(self, actor: Actor, command: CastVote) -> Promotion:
        """Store a person's vote, and the decision where the vote makes it.

        Raises NotFoundError, AlreadyDecidedError, NotAVoterError, AlreadyVotedError, SeparationOfDutiesError,
        NotEligibleError, GatesBlockedError, CardDriftedError, InvalidError, and MembershipUnknownError where Slack
        keeps the members of a group, was not asked lately and does not answer.
        """
        since = self._ports.clock() - self._ports.usergroup_max_age
        try:
            return await self._committed(lambda ports, store: self._vote(ports, store, actor, command, since))
        except MembershipUnknownError:
            problem = await self._asked_slack(since, actor)
        return await self._committed(
            lambda ports, store: self._vote(ports, store, actor, command, since, problem=problem)
        )

    async def cancel(self, actor: Actor, command: CancelPromotion) -> Promotion:
        """Close an open promotion; the requester may, and an administrator."""
        return await self._committed(lambda ports, store: self._cancel(ports, store, actor, command))

    async def expire_due(self, limit: int = 100) -> int:
        """Close promotions past their time, each in a transaction of its own, and say how many.

        One that cannot be closed keeps none of the others open; what was wrong with it is raised at the end. Raises
        SigningUnavailableError at once.
        """
        due = await self._ports.transactions.read(lambda store: store.promotions.due(self._ports.clock(), limit))
        problems: list[DomainError] = []
        for promotion_id in due:
            try:
                await write_sealed(self._ports, partial(self._expire, promotion_id))
            except SigningUnavailableError:
                raise  # it is the same key for all the others
            except DomainError as problem:
                problems.append(problem)
        if due:
            self._ports.wake()
        if problems:
            raise problems[0]
        return len(due)

    async def _committed(self, body: Callable[[Ports, Store], Promotion | DomainError]) -> Promotion:
        outcome = await write_sealed(self._ports, body)
        self._ports.wake()
        if isinstance(outcome, DomainError):
            raise outcome
        return outcome

    async def _asked_slack(self, since: datetime, actor: Actor) -> str:
        """Have the members of user groups read; gives what was wrong where that did not go well."""
        try:
            with without_receipt():
                await self._syncing.sync_since(since, actor.correlation_id)
        except UnavailableError as error:
            return error.message
        return ""

    def _vote(
        self, ports: Ports, store: Store, actor: Actor, command: CastVote, members_since: datetime, *, problem: str = ""
    ) -> Promotion | DomainError:
        voter = _voter(store, actor)
        journal = Journal(store, actor, ports.clock())
        promotion = found(store.promotions.get(command.promotion_id), "promotion", command.promotion_id)
        if refusal := self._closed(ports, journal, promotion):
            return refusal
        require_known_members(store, promotion, members_since, journal.now, problem)
        electorate = store.people.electorate(promotion.policies)
        if refusal := refusal_to_vote(promotion, voter, command.choice, electorate):
            raise refusal
        vote = _vote(voter, command, journal)
        if command.choice is VoteChoice.REJECTED:
            rejected = promotion.with_vote(vote).reject(actor.ref, journal.now, vote.comment)
            return close(
                ports,
                journal,
                rejected,
                Action.PROMOTION_REJECTED,
                electorate=electorate,
                reason=vote.comment,
            )
        return self._approve(ports, journal, promotion, vote, electorate)

    def _approve(
        self, ports: Ports, journal: Journal, promotion: Promotion, vote: Vote, electorate: Electorate
    ) -> Promotion | DomainError:
        decides = promotion.with_vote(vote).quorum(electorate).met
        before = promotion
        if decides or promotion.status is Status.PENDING:
            promotion = with_fresh_gates(ports, journal, promotion)
            if blocking(promotion.gates):
                return _blocked(journal, promotion)
        if refusal := drift(journal.store, promotion, vote.seen):
            if promotion != before:
                journal.store.promotions.save(promotion)
            journal.tell(promotion.id, *REFRESH)
            return refusal
        voted = promotion.with_vote(vote)
        reached = voted.quorum(electorate)
        journal.note(
            Action.VOTE_APPROVED,
            promotion.id,
            comment=vote.comment,
            approvalCount=reached.approvals,
            requiredApprovals=reached.required,
        )
        if decides:
            approved = voted.approve(journal.actor.ref, journal.now)
            return close_approved(ports, journal, approved, electorate)
        journal.tell(promotion.id, *REFRESH)
        return journal.store.promotions.save(voted)

    def _cancel(self, ports: Ports, store: Store, actor: Actor, command: CancelPromotion) -> Promotion | DomainError:
        require_right(store, actor, Right.READER)
        journal = Journal(store, actor, ports.clock())
        promotion = found(store.promotions.get(command.promotion_id), "promotion", command.promotion_id)
        if refusal := self._closed(ports, journal, promotion):
            return refusal
        mine = promotion.requested_by.id is not None and promotion.requested_by.id == actor.ref.id
        try:
            require_right(store, actor, Right.REQUESTER if mine else Right.ADMIN)
        except ForbiddenError as refused:
            message = "Only the requester or an administrator cancels a promotion"
            raise ForbiddenError(message, hint=refused.hint, **refused.params) from refused
        why = CloseReason.BY_REQUESTER if mine else CloseReason.BY_ADMIN
        comment = checked_text(command.reason, "reason")
        cancelled = promotion.cancel(why, actor.ref, journal.now, comment)
        return close(ports, journal, cancelled, Action.PROMOTION_CANCELLED, reason=comment)

    def _closed(self, ports: Ports, journal: Journal, promotion: Promotion) -> DomainError | None:
        """Why an act comes too late: it is decided, or its time is over, which is then written down."""
        if promotion.expired_at(journal.now):
            promotion = close(ports, journal.by_system(), promotion.expire(), Action.PROMOTION_EXPIRED)
        try:
            promotion.require_open()
        except AlreadyDecidedError as refusal:
            return refusal
        return None

    def _expire(self, promotion_id: UUID, ports: Ports, store: Store) -> None:
        journal = Journal(store, SYSTEM, ports.clock())
        promotion = store.promotions.get(promotion_id)
        if promotion is not None and promotion.expired_at(journal.now):
            close(ports, journal, promotion.expire(), Action.PROMOTION_EXPIRED)


def _voter(store: Store, actor: Actor) -> Person:
    person = acting_person(store, actor)
    if refusal := refusal_to_act_as_voter(actor, person):
        raise refusal
    actor.require_scope(Right.APPROVER)
    return found(person, "person", actor.ref.name)


def _vote(voter: Person, command: CastVote, journal: Journal) -> Vote:
    rejecting = command.choice is VoteChoice.REJECTED
    comment = checked_text(command.comment, "reason" if rejecting else "comment", required=rejecting)
    seen = "" if rejecting else command.seen
    return Vote(voter.id, voter.name, command.choice, comment, journal.now, journal.actor.door, seen)


def _blocked(journal: Journal, promotion: Promotion) -> GatesBlockedError:
    """Keep what the gates said, without the vote, and say it."""
    journal.store.promotions.save(promotion)
    journal.tell(promotion.id, *REFRESH)
    gates = [
        {"gateName": gate.gate_name, "passed": gate.passed, "blocking": gate.blocking, "message": gate.message}
        for gate in promotion.gates
    ]
    reasons = "; ".join(gate.message for gate in blocking(promotion.gates))
    return GatesBlockedError(
        f"Gate evaluation failed: {reasons}",
        hint="The vote was not stored. Vote again when the gates pass.",
        gates=gates,
    )
