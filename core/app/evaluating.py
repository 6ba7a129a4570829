"""Looking at gates: for a dry run, for a new promotion, to decide, and whenever something they depend on changes."""

from __future__ import annotations

from uuid import UUID

from core.app.authorise import require_right
from core.app.closing import close, close_approved
from core.app.consulting import ask_services
from core.app.finding import found
from core.app.gate_context import gate_context
from core.app.journal import REFRESH, Journal
from core.app.ports import Ports, Store
from core.domain.events import Action
from core.domain.gate_result import GateResult, blocking, same_findings
from core.domain.people import SYSTEM, Actor, Right
from core.domain.promotion import Promotion, Status
from core.domain.seen import gates_seen, seen_digest


class Evaluating:
    """Evaluates gates. A promotion whose gates pass goes on by itself; with no approvals required, all the way."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def preview(self, actor: Actor, release_id: UUID, target_environment_id: UUID) -> tuple[GateResult, ...]:
        """What the gates would say now; nothing is stored."""

        def body(store: Store) -> tuple[GateResult, ...]:
            require_right(store, actor, Right.READER)
            release = found(store.releases.get(release_id), "release", release_id, "releaseId")
            target = found(
                store.environments.get(target_environment_id),
                "environment",
                target_environment_id,
                "targetEnvironmentId",
            )
            context = gate_context(store, release, target, self._ports.clock(), requester=actor.ref.id)
            return self._ports.gates.evaluate(context)

        return await self._ports.transactions.read(body)

    async def evaluate(self, promotion_id: UUID, correlation_id: str = "") -> Promotion | None:
        """Look at an open promotion's gates again and store what has changed; None where it is not open."""
        actor = Actor(SYSTEM.ref, SYSTEM.door, correlation_id=correlation_id)

        def body(store: Store) -> Promotion | None:
            now = self._ports.clock()
            promotion = store.promotions.get(promotion_id)
            if promotion is None or not promotion.is_open:
                return None
            journal = Journal(store, actor, now)
            if promotion.expired_at(now):
                return close(self._ports, journal, promotion.expire(), Action.PROMOTION_EXPIRED)
            return self.looked_at(journal, promotion)

        promotion = await self._ports.transactions.write(body)
        self._ports.wake()
        return promotion

    def looked_at(self, journal: Journal, promotion: Promotion) -> Promotion:
        """Evaluate inside a transaction: store results that differ, and let the promotion go on where it can."""
        after = with_fresh_gates(self._ports, journal, promotion)
        if same_findings(after.gates, promotion.gates) and after.status is promotion.status and promotion.evaluated_at:
            return promotion
        if after.status is Status.AWAITING_APPROVAL and not blocking(after.gates) and gates_alone_decide(after):
            return close_approved(self._ports, journal, after.approve(SYSTEM.ref, journal.now))
        saved = journal.store.promotions.save(after)
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
    context = gate_context(store, release, target, journal.now, promotion.id, requester=asked_by)
    results = ports.gates.evaluate(context)
    after = promotion.with_gates(results, journal.now)
    ask_services(journal, promotion, results)
    if (seen := seen_digest(after)) != seen_digest(promotion):
        journal.note(Action.GATES_CHANGED, promotion.id, seenDigest=seen, gates=gates_seen(results))
    before = {result.gate_name: result.message for result in blocking(promotion.gates)}
    blocked = {result.gate_name: result.message for result in blocking(results)}
    if blocked and blocked != before:
        gates = [{"gateName": name, "message": message} for name, message in blocked.items()]
        journal.note(Action.GATES_BLOCKED, promotion.id, gates=gates)
    elif not blocked and (before or promotion.status is Status.PENDING):
        journal.note(Action.GATES_PASSED, promotion.id)
    return after
