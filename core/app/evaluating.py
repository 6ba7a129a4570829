"""Looking at gates: for a dry run, for a new promotion, to decide, and whenever something they depend on changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from core.app.authorise import require_right
from core.app.closing import close, close_approved
from core.app.consulting import ask_services
from core.app.finding import found
from core.app.gate_context import gate_context
from core.app.journal import REFRESH, Journal
from core.app.ports import Ports, Store
from core.app.sealing import write_sealed
from core.domain.events import Action
from core.domain.gate_result import GateResult, blocking, same_findings
from core.domain.people import SYSTEM, Actor, Right
from core.domain.promotion import Promotion, Status
from core.domain.seen import gates_seen, seen_digest
from core.errors import InvalidError
from core.gates.forecast import HORIZON, earliest_passing, outlook
from core.gates.gate import GateContext

_SAME_MOMENT = timedelta(minutes=1)
"""By how much the clock of whoever asks about "now" may be behind."""


@dataclass(frozen=True, slots=True)
class GatesPreview:
    """What gates would say at a moment, and when they will first pass from then on; None where time will not do it."""

    at: datetime
    gates: tuple[GateResult, ...]
    earliest_passing_at: datetime | None


class Evaluating:
    """Evaluates gates. A promotion whose gates pass goes on by itself; with no approvals required, all the way."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def preview(
        self, actor: Actor, release_id: UUID, target_environment_id: UUID, at: datetime | None = None
    ) -> GatesPreview:
        """What the gates would say now, or `at` a time ahead, and when they will pass; nothing is stored.

        Raises NotFoundError, and InvalidError for a time in the past or beyond `core.gates.forecast.HORIZON`.
        """

        def body(store: Store) -> GatesPreview:
            require_right(store, actor, Right.READER)
            release = found(store.releases.get(release_id), "release", release_id, "releaseId")
            target = found(
                store.environments.get(target_environment_id),
                "environment",
                target_environment_id,
                "targetEnvironmentId",
            )
            now = self._ports.clock()
            context = gate_context(store, release, target, now, requester=actor.ref.id)
            return self._previewed(context, _asked_time(at, now))

        return await self._ports.transactions.read(body)

    def _previewed(self, context: GateContext, at: datetime) -> GatesPreview:
        ahead = replace(context, at=at, as_of=context.at)
        results = self._ports.gates.evaluate(ahead)
        return GatesPreview(at, results, earliest_passing(self._ports.gates, ahead, results))

    async def evaluate(self, promotion_id: UUID, correlation_id: str = "", *, first: bool = False) -> Promotion | None:
        """Look at an open promotion's gates again and store what has changed; None where it is not open.

        `first` asks for no more than that it was done once: who asked for the promotion may wait for it, and the
        outbox makes sure of it.
        """
        actor = Actor(SYSTEM.ref, SYSTEM.door, correlation_id=correlation_id)

        def body(ports: Ports, store: Store) -> Promotion | None:
            now = ports.clock()
            promotion = store.promotions.get(promotion_id)
            if promotion is None or not promotion.is_open:
                return None
            if first and promotion.evaluated_at:
                return promotion
            journal = Journal(store, actor, now)
            if promotion.expired_at(now):
                return close(ports, journal, promotion.expire(), Action.PROMOTION_EXPIRED)
            return self.looked_at(ports, journal, promotion)

        promotion = await write_sealed(self._ports, body)
        self._ports.wake()
        return promotion

    def looked_at(self, ports: Ports, journal: Journal, promotion: Promotion) -> Promotion:
        """Evaluate inside a transaction: store results that differ, and let the promotion go on where it can."""
        after = with_fresh_gates(ports, journal, promotion)
        is_same = same_findings(after.gates, promotion.gates) and after.status is promotion.status
        if is_same and after.outlook == promotion.outlook and promotion.evaluated_at:
            return promotion
        if after.status is Status.AWAITING_APPROVAL and not blocking(after.gates) and gates_alone_decide(after):
            return close_approved(ports, journal, after.approve(SYSTEM.ref, journal.now))
        saved = journal.store.promotions.save(after)
        if not is_same or after.outlook.passes_at != promotion.outlook.passes_at or not promotion.evaluated_at:
            journal.tell(saved.id, *REFRESH)
        return saved


def gates_alone_decide(promotion: Promotion) -> bool:
    """Whether no policy asks for anybody's approval."""
    return bool(promotion.policies) and all(policy.required_approvals == 0 for policy in promotion.policies)


def with_fresh_gates(ports: Ports, journal: Journal, promotion: Promotion) -> Promotion:
    """Evaluate an open promotion's gates now and note what changed about it; nothing else is stored."""
    store = journal.store
    release = found(store.releases.get(promotion.release_id), "release", promotion.release_id)
    target = found(store.environments.get(promotion.target.id), "environment", promotion.target.id)
    asked_by = promotion.requested_by.id
    context = gate_context(store, release, target, journal.now, promotion, requester=asked_by)
    results = ports.gates.evaluate(context)
    after = promotion.with_gates(results, journal.now, outlook(ports.gates, context, results))
    ask_services(journal, promotion, results)
    if (seen := seen_digest(after)) != seen_digest(promotion):
        journal.note(Action.GATES_CHANGED, promotion.id, seenDigest=seen, gates=gates_seen(results))
    before = {result.gate_name: result.message for result in blocking(promotion.gates)}
    blocked = {result.gate_name: result.message for result in blocking(results)}
    if blocked and blocked != before:
        gates = [{"gateName": name, "message": message} for name, message in blocked.items()]
        journal.note(Action.GATES_BLOCKED, promotion.id, gates=gates)
    elif not blocked and (before or promotion.status is Status.PENDING):
        asked_for = {"deferred": True} if promotion.deferred_until else {}
        journal.note(Action.GATES_PASSED, promotion.id, **asked_for)
    return after


def _asked_time(at: datetime | None, now: datetime) -> datetime:
    if at is None:
        return now
    if not now - _SAME_MOMENT <= at <= now + HORIZON:
        hint = f"Name a time from now on, at most {HORIZON.days} days ahead."
        raise InvalidError("Gates can be previewed for times ahead only", field="at", hint=hint)
    return max(at, now)
