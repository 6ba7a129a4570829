"""Hearing from the pipeline that deploys."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.app.announcing import announce_deployment
from core.app.authorise import require_right
from core.app.finding import found
from core.app.journal import Journal
from core.app.outbox import Errand
from core.app.ports import Ports, Store
from core.app.watching import look_again_at_deployment
from core.domain.events import Action
from core.domain.people import Actor, ActorKind, Right
from core.domain.promotion import Promotion
from core.domain.release import Deployment, DeploymentStatus
from core.errors import ForbiddenError


@dataclass(frozen=True, slots=True)
class ReportDeployment:
    """The deployer's word on an approved promotion."""

    promotion_id: UUID
    status: DeploymentStatus
    external_url: str = ""
    message: str = ""


class Deploying:
    """Stores what service accounts say about deployments."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def report(self, actor: Actor, command: ReportDeployment) -> Promotion:
        """Move an approved promotion on. Raises ForbiddenError, NotFoundError, TransitionError, InvalidError."""
        promotion = await self._ports.transactions.write(lambda store: self._report(store, actor, command))
        self._ports.wake()
        return promotion

    def _report(self, store: Store, actor: Actor, command: ReportDeployment) -> Promotion:
        if actor.ref.kind is not ActorKind.SERVICE:
            raise ForbiddenError(
                "Only a service account reports deployments",
                hint="Use a token made with `countersign token create --service NAME --scope deployer`.",
            )
        require_right(store, actor, Right.DEPLOYER)
        journal = Journal(store, actor, self._ports.clock())
        promotion = found(store.promotions.get(command.promotion_id), "promotion", command.promotion_id)
        deployment = Deployment(
            promotion_id=promotion.id,
            release_id=promotion.release_id,
            environment_id=promotion.target.id,
            status=command.status,
            at=journal.now,
            external_url=command.external_url,
            message=command.message,
        )
        moved = promotion.deploy(command.status, deployment.external_url, deployment.message)
        saved = store.promotions.save(moved)
        store.releases.add_deployment(deployment)
        journal.note(
            Action.DEPLOYMENT_REPORTED,
            promotion.id,
            status=command.status.value,
            externalUrl=deployment.external_url,
            message=deployment.message,
        )
        journal.tell(promotion.id, Errand.CARD, Errand.HOMES)
        announce_deployment(journal, saved)
        look_again_at_deployment(journal, self._ports.gates, saved)
        return saved
