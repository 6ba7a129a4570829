"""Looking at gates: for a dry run, for a new promotion, to decide, and whenever something they depend on changes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from core.app.authorise import require_right
from core.app.closing import close, close_approved
from core.app.finding import found
from core.app.journal import REFRESH, Journal
from core.app.ports import Ports, Store
from core.app.sealing import write_sealed
from core.domain.environment import Environment
from core.domain.events import Action
from core.domain.gate_result import GateResult, blocking
from core.domain.people import SYSTEM, Actor, Right
from core.domain.promotion import Promotion, Status
from core.domain.release import Release
from core.domain.seen import gates_seen, seen_digest
from core.gates.gate import GateContext


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
            return self._ports.gates.evaluate(gate_context(store, release, target, self._ports.clock()))

        return await self._ports.transactions.read(body)

    async def evaluate(self, promotion_id: UUID, correlation_id: str = "") -> Promotion | None:
        """Look at an open promotion's gates again and store what has changed; None where it is not open."""
        actor = Actor(SYSTEM.ref, SYSTEM.door, correlation_id=correlation_id)

        def body(ports: Ports, store: Store) -> Promotion | None:
            now = ports.clock()
            promotion = store.promotions.get(promotion_id)
            if promotion is None or not promotion.is_open:
                return None
            journal = Journal(store, actor, now)
            if promotion.expired_at(now):
                return close(ports, journal, promotion.expire(), Action.PROMOTION_EXPIRED)
            return self._looked_at(ports, journal, promotion)

        promotion = await write_sealed(self._ports, body)
        self._ports.wake()
        return promotion

    def _looked_at(self, ports: Ports, journal: Journal, promotion: Promotion) -> Promotion:
        """Evaluate inside a transaction: store results that differ, and let the promotion go on where it can."""
        after = with_fresh_gates(ports, journal, promotion)
        if after.gates == promotion.gates and after.status is promotion.status and promotion.evaluated_at:
            return promotion
        if after.status is Status.AWAITING_APPROVAL and not blocking(after.gates) and gates_alone_decide(after):
            return close_approved(ports, journal, after.approve(SYSTEM.ref, journal.now))
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
    results = ports.gates.evaluate(gate_context(store, release, target, journal.now))
    after = promotion.with_gates(results, journal.now)
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


def gate_context(store: Store, release: Release, target: Environment, at: datetime) -> GateContext:
    """Gather what gates look at."""
    source = store.environments.get(target.source_environment_id) if target.source_environment_id else None
    return GateContext(
        at=at,
        release=release,
        source=source.ref if source else None,
        target=target,
        scan=store.releases.newest_scan(release.id),
        freeze_windows=store.freeze_windows.ahead(target.id, at),
        source_deployment=store.releases.deployment(release.id, source.id) if source else None,
    )
