"""Asking for a promotion."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.app.announcing import refresh_announcements
from core.app.authorise import require_right
from core.app.closing import close
from core.app.finding import found
from core.app.journal import REFRESH, Journal
from core.app.outbox import Errand
from core.app.ports import Ports, Store
from core.app.sealing import write_sealed
from core.domain.events import Action
from core.domain.people import Actor, Right
from core.domain.policy import DEFAULT_POLICY
from core.domain.promotion import Promotion, expiry
from core.domain.text import checked_text
from core.errors import PromotionAlreadyOpenError


@dataclass(frozen=True, slots=True)
class RequestPromotion:
    """Ask for a release to go to an environment."""

    release_id: UUID
    target_environment_id: UUID
    reason: str = ""


class Requesting:
    """Stores requests. Gates are evaluated right after the commit, so the answer never waits for them."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def request(self, actor: Actor, command: RequestPromotion) -> Promotion:
        """Store a pending promotion with a copy of the policies it was asked under.

        Raises ForbiddenError, NotFoundError, InvalidError, PromotionAlreadyOpenError.
        """
        promotion = await write_sealed(
            self._ports, lambda ports, store: self.request_within(ports, store, actor, command)
        )
        self._ports.wake()
        return promotion

    def request_within(self, ports: Ports, store: Store, actor: Actor, command: RequestPromotion) -> Promotion:
        """The same, as a part of somebody else's sealed transaction, who calls `wake` afterwards."""
        require_right(store, actor, Right.REQUESTER)
        journal = Journal(store, actor, ports.clock())
        self._require_none_open(ports, journal, command)
        promotion = self._promotion(ports, journal, command)
        store.promotions.add(promotion)
        journal.note(
            Action.PROMOTION_REQUESTED,
            promotion.id,
            releaseName=promotion.release_name,
            targetEnvironmentName=promotion.target.name,
            reason=promotion.reason,
        )
        journal.tell(promotion.id, Errand.EVALUATE, *REFRESH)
        refresh_announcements(journal, promotion.release_id)
        return promotion

    def _promotion(self, ports: Ports, journal: Journal, command: RequestPromotion) -> Promotion:
        store = journal.store
        release = found(store.releases.get(command.release_id), "release", command.release_id, "releaseId")
        wanted = command.target_environment_id
        target = found(store.environments.get(wanted), "environment", wanted, "targetEnvironmentId")
        source = store.environments.get(target.source_environment_id) if target.source_environment_id else None
        policies = store.policies.of_environment(target.id) or (DEFAULT_POLICY,)
        separated = target.require_sod or any(policy.require_separation_of_duties for policy in policies)
        return Promotion(
            id=ports.new_id(),
            release_id=release.id,
            release_name=release.name,
            component=release.component,
            source=source.ref if source else None,
            target=target.ref,
            reason=checked_text(command.reason, "reason"),
            requested_by=journal.actor.ref,
            requested_at=journal.now,
            policies=policies,
            separation_of_duties=separated,
            artifacts_digest=release.artifacts_digest,
            expires_at=expiry(policies, journal.now),
        )

    def _require_none_open(self, ports: Ports, journal: Journal, command: RequestPromotion) -> None:
        """Raise PromotionAlreadyOpenError; one that has run out unnoticed is closed on the way."""
        store = journal.store
        ids = store.promotions.open_ids(release_id=command.release_id, environment_id=command.target_environment_id)
        for promotion in filter(None, map(store.promotions.get, ids)):
            if not promotion.expired_at(journal.now):
                raise PromotionAlreadyOpenError(
                    f"{promotion.release_name} already has an open promotion to {promotion.target.name}",
                    hint="Wait for its decision, or cancel it first.",
                    promotionId=str(promotion.id),
                )
            close(ports, journal.by_system(), promotion.expire(), Action.PROMOTION_EXPIRED)
