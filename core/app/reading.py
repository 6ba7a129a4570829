"""Looking things up: read models that the doors show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from core.app.auditing import EVERYTHING, AuditFilter
from core.app.authorise import acting_person, require_right, rights_of
from core.app.finding import found
from core.app.outbox import SentMessage
from core.app.pages import Page, PageRequest
from core.app.ports import Ports, PromotionFilter, Store
from core.domain.environment import Environment, FreezeWindow
from core.domain.events import Event
from core.domain.export_format import ExportFormat
from core.domain.people import Actor, Person, Right
from core.domain.policy import ApprovalPolicy, ApproverGroup, PolicyProgress, Quorum
from core.domain.promotion import Promotion, Status
from core.domain.release import Release
from core.domain.separation import refusal_to_act_as_voter
from core.errors import NotFoundError
from core.evidence.envelope import EvidencePacket
from core.evidence.exports import Export, all_exports, export
from core.evidence.keyring import KeyRing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PromotionView:
    """A promotion with what must be worked out: how far the policies are, and who may still approve, by name.

    `current` is the release of the same component that the target environment runs now, where it is another one.
    """

    promotion: Promotion
    release: Release
    quorum: Quorum
    may_still_approve: tuple[Person, ...] = ()
    current: Release | None = None


@dataclass(frozen=True, slots=True)
class EnvironmentView:
    """An environment with what it runs now and the freeze windows ahead."""

    environment: Environment
    current: Release | None
    freeze_windows: tuple[FreezeWindow, ...]
    policies: tuple[ApprovalPolicy, ...]


class Reading:
    """Answers questions. Everybody who is known and active may ask; what is private to a person asks for the person."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def promotion(self, actor: Actor, id: UUID) -> PromotionView:
        """One promotion. Raises NotFoundError."""
        return await self._read(actor, lambda store: promotion_view(store, id))

    async def promotions(self, actor: Actor, wanted: PromotionFilter, page: PageRequest) -> Page[Promotion]:
        """One page of promotions, newest request first."""
        return await self._read(actor, lambda store: store.promotions.page(wanted, page))

    async def pending_approvals(self, actor: Actor) -> tuple[Promotion, ...]:
        """What this person may approve now and has not voted on, oldest request first. Nothing for programs."""

        def body(store: Store) -> tuple[Promotion, ...]:
            person = acting_person(store, actor)
            if person is None or refusal_to_act_as_voter(actor, person):
                return ()
            return waiting_for(store, person, self._ports)

        return await self._read(actor, body)

    async def evidence(self, actor: Actor, promotion_id: UUID) -> EvidencePacket:
        """The packet of a decision. Raises NotFoundError where the promotion is unknown or undecided."""
        return await self._read(actor, lambda store: _packet(store, promotion_id))

    async def export(self, actor: Actor, promotion_id: UUID, wanted: ExportFormat) -> Export:
        """The evidence of a decision in one form. Raises NotFoundError, also where there is no such form of it."""

        def body(store: Store) -> Export:
            packet = _packet(store, promotion_id)
            return export(packet, store.evidence.attestations(packet.id), wanted, store.evidence.timestamp(packet.id))

        return await self._read(actor, body)

    async def exports(self, actor: Actor, promotion_id: UUID) -> tuple[Export, ...]:
        """The evidence of a decision in every form that there is. Raises NotFoundError as `evidence`."""

        def body(store: Store) -> tuple[Export, ...]:
            packet = _packet(store, promotion_id)
            return all_exports(packet, store.evidence.attestations(packet.id), store.evidence.timestamp(packet.id))

        return await self._read(actor, body)

    async def summary_message(self, actor: Actor, promotion_id: UUID) -> SentMessage | None:
        """Where the signed summary of a decision stands in Slack; its thread has the packet. None where nowhere."""
        sent = await self._read(actor, lambda store: store.sent.get(f"summary:{promotion_id}"))
        return sent if sent and sent.ts else None

    async def history(self, actor: Actor, promotion_id: UUID) -> tuple[Event, ...]:
        """Everything that happened to a promotion, oldest first. Raises NotFoundError."""

        def body(store: Store) -> tuple[Event, ...]:
            found(store.promotions.get(promotion_id), "promotion", promotion_id)
            return store.audit.of(promotion_id)

        return await self._read(actor, body)

    async def audit_log(self, actor: Actor, page: PageRequest, wanted: AuditFilter = EVERYTHING) -> Page[Event]:
        """One page of the audit log, newest first; for administrators."""

        def body(store: Store) -> Page[Event]:
            require_right(store, actor, Right.ADMIN)
            return store.audit.page(page, wanted)

        return await self._ports.transactions.read(body)

    async def environments(self, actor: Actor, page: PageRequest) -> Page[Environment]:
        """One page of environments by name."""
        return await self._read(actor, lambda store: store.environments.page(page))

    async def environment(self, actor: Actor, id: UUID) -> Environment:
        """One environment. Raises NotFoundError."""
        return await self._read(actor, lambda store: found(store.environments.get(id), "environment", id))

    async def environment_view(self, actor: Actor, id: UUID) -> EnvironmentView:
        """One environment with what it runs. Raises NotFoundError."""

        def body(store: Store) -> EnvironmentView:
            environment = found(store.environments.get(id), "environment", id)
            current = store.releases.current(id)
            return EnvironmentView(
                environment,
                store.releases.get(current.release_id) if current else None,
                store.freeze_windows.ahead(id, self._ports.clock()),
                store.policies.of_environment(id),
            )

        return await self._read(actor, body)

    async def all_environments(self, actor: Actor) -> tuple[Environment, ...]:
        """All environments by name."""
        return await self._read(actor, lambda store: store.environments.all())

    async def resolve(self, actor: Actor, release: str, environment: str) -> tuple[Release, Environment]:
        """A release and an environment by name. Raises NotFoundError for the first that is not there."""

        def body(store: Store) -> tuple[Release, Environment]:
            return (
                found(store.releases.named(release), "release", release),
                found(store.environments.named(environment), "environment", environment),
            )

        return await self._read(actor, body)

    async def release_named(self, actor: Actor, name: str) -> Release:
        """One release by name. Raises NotFoundError."""
        return await self._read(actor, lambda store: found(store.releases.named(name), "release", name))

    async def releases(self, actor: Actor, page: PageRequest) -> Page[Release]:
        """One page of releases, newest first."""
        return await self._read(actor, lambda store: store.releases.page(page))

    async def search_releases(self, actor: Actor, text: str, limit: int) -> tuple[Release, ...]:
        """The newest releases whose name contains `text`."""
        return await self._read(actor, lambda store: store.releases.search(text, limit))

    async def release(self, actor: Actor, id: UUID) -> Release:
        """One release. Raises NotFoundError."""
        return await self._read(actor, lambda store: found(store.releases.get(id), "release", id))

    async def policies(self, actor: Actor, page: PageRequest) -> Page[ApprovalPolicy]:
        """One page of approval policies by name."""
        return await self._read(actor, lambda store: store.policies.page(page))

    async def policy(self, actor: Actor, id: UUID) -> ApprovalPolicy:
        """One approval policy. Raises NotFoundError."""
        return await self._read(actor, lambda store: found(store.policies.get(id), "approval policy", id))

    async def groups(self, actor: Actor, page: PageRequest) -> Page[ApproverGroup]:
        """One page of approver groups by name."""
        return await self._read(actor, lambda store: store.groups.page(page))

    async def group(self, actor: Actor, id: UUID) -> ApproverGroup:
        """One approver group. Raises NotFoundError."""
        return await self._read(actor, lambda store: found(store.groups.get(id), "approver group", id))

    async def people_among(self, actor: Actor, ids: frozenset[UUID]) -> tuple[Person, ...]:
        """Those people, by name."""
        return await self._read(actor, lambda store: store.people.among(ids))

    async def people(self, actor: Actor, page: PageRequest) -> Page[Person]:
        """One page of people by name; for administrators."""

        def body(store: Store) -> Page[Person]:
            require_right(store, actor, Right.ADMIN)
            return store.people.page(page)

        return await self._ports.transactions.read(body)

    async def person(self, actor: Actor, id: UUID) -> Person:
        """One person; for administrators. Raises NotFoundError."""

        def body(store: Store) -> Person:
            require_right(store, actor, Right.ADMIN)
            return found(store.people.get(id), "person", id)

        return await self._ports.transactions.read(body)

    async def public_keys(self) -> KeyRing:
        """All keys that have ever signed evidence; everybody may have them."""
        return KeyRing(await self._ports.transactions.read(lambda store: store.evidence.keys()))

    async def freeze_windows(self, actor: Actor, page: PageRequest) -> Page[FreezeWindow]:
        """One page of freeze windows by name."""
        return await self._read(actor, lambda store: store.freeze_windows.page(page))

    async def freeze_window(self, actor: Actor, id: UUID) -> FreezeWindow:
        """One freeze window. Raises NotFoundError."""
        return await self._read(actor, lambda store: found(store.freeze_windows.get(id), "freeze window", id))

    async def rights(self, actor: Actor) -> frozenset[Right]:
        """What a person may do, by role and group; a program's scopes."""

        def body(store: Store) -> frozenset[Right]:
            person = acting_person(store, actor)
            return rights_of(store, person) if person else actor.scopes or frozenset()

        return await self._read(actor, body)

    async def _read(self, actor: Actor, body: Callable[[Store], T]) -> T:
        def transaction(store: Store) -> T:
            require_right(store, actor, Right.READER)
            return body(store)

        return await self._ports.transactions.read(transaction)


def promotion_view(store: Store, id: UUID, reader: UUID | None = None) -> PromotionView:
    """A promotion with what must be worked out. Raises NotFoundError.

    Where it is shown to one `reader` only, nobody else is looked at: `may_still_approve` says whether that person may.
    """
    promotion = found(store.promotions.get(id), "promotion", id)
    release = found(store.releases.get(promotion.release_id), "release", promotion.release_id)
    if not promotion.is_open:
        return PromotionView(promotion, release, _closed_quorum(promotion))
    electorate = store.people.electorate(promotion.policies, _mattering(promotion, reader))
    people = store.people.among(promotion.may_still_approve(electorate))
    current = store.releases.current(promotion.target.id, release.component)
    runs = store.releases.get(current.release_id) if current and current.release_id != release.id else None
    return PromotionView(promotion, release, promotion.quorum(electorate), people, runs)


def _packet(store: Store, promotion_id: UUID) -> EvidencePacket:
    promotion = found(store.promotions.get(promotion_id), "promotion", promotion_id)
    packet = store.evidence.of(promotion_id)
    if packet is None:
        raise NotFoundError(
            f"{promotion.release_name} to {promotion.target.name} is not decided, so there is no evidence yet",
            hint="Ask again after the decision.",
            kind="evidence packet",
            status=promotion.status.value,
        )
    return packet


def _mattering(promotion: Promotion, reader: UUID | None) -> frozenset[UUID] | None:
    """The people by whom votes are counted and one reader is judged; None for everybody."""
    return None if reader is None else promotion.approvers | {reader}


def waiting_for(store: Store, person: Person, ports: Ports) -> tuple[Promotion, ...]:
    """What a person may approve now and has not voted on, oldest request first."""
    now = ports.clock()
    awaiting = [promotion for promotion in store.promotions.awaiting() if not promotion.expired_at(now)]
    electorate = store.people.electorate(policy for promotion in awaiting for policy in promotion.policies)
    return tuple(promotion for promotion in awaiting if person.id in promotion.may_still_approve(electorate))


def _closed_quorum(promotion: Promotion) -> Quorum:
    """What the policies had reached: all of it where it was approved. The evidence has the count as it was then."""
    approved = promotion.status not in {Status.REJECTED, Status.CANCELLED}
    given = len(promotion.approvers)
    return Quorum(
        tuple(
            PolicyProgress(policy, policy.required_approvals if approved else min(given, policy.required_approvals))
            for policy in promotion.policies
        )
    )
