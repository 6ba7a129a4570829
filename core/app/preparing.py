"""Before somebody asks: what a request would meet, and what is probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.app.authorise import acting_person, require_right
from core.app.finding import found
from core.app.gate_context import gate_context
from core.app.outbox import SentMessage
from core.app.pages import PageRequest
from core.app.ports import Ports, PromotionFilter, Store
from core.domain.environment import Environment
from core.domain.gate_result import GateResult
from core.domain.mentions import possible_names
from core.domain.people import Actor, Person, Right
from core.domain.policy import DEFAULT_POLICY, ApprovalPolicy
from core.domain.promotion import Promotion
from core.domain.release import Release
from core.errors import DomainError, ForbiddenError
from core.gates.forecast import earliest_passing
from core.gates.gate import GateContext


@dataclass(frozen=True, slots=True)
class RequestPreview:
    """What a request for `release` (None: not chosen yet) to go to `target` would meet now.

    `passes_at` is when the gates will pass by time alone; None where they will not. `approvers` are those whose
    approval would count, without the requester under separation of duties. `current` runs in the target since `since`.
    `already_open` is in the way of a request, and so is `refusal`; `card` is where the open one's card stands in Slack.
    """

    target: Environment
    policies: tuple[ApprovalPolicy, ...]
    separation_of_duties: bool
    approvers: tuple[Person, ...]
    release: Release | None = None
    gates: tuple[GateResult, ...] = ()
    current: Release | None = None
    since: datetime | None = None
    already_open: Promotion | None = None
    card: SentMessage | None = None
    refusal: DomainError | None = None
    passes_at: datetime | None = None


class Preparing:
    """Helps people to ask. Nothing is stored."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def preview(self, actor: Actor, release_id: UUID | None, target_id: UUID) -> RequestPreview:
        """What a request would meet. Raises NotFoundError."""

        def body(store: Store) -> RequestPreview:
            require_right(store, actor, Right.READER)
            target = found(store.environments.get(target_id), "environment", target_id, "targetEnvironmentId")
            if release_id is None:
                return self._preview(store, actor, None, target)
            release = found(store.releases.get(release_id), "release", release_id, "releaseId")
            return self._preview(store, actor, release, target)

        return await self._ports.transactions.read(body)

    async def usual_environment(self, actor: Actor, channels: Iterable[str] = ()) -> Environment | None:
        """Where somebody probably wants a release to go: the one environment of the channel, or the last asked for."""

        def body(store: Store) -> Environment | None:
            require_right(store, actor, Right.READER)
            names, team = {name for name in channels if name}, actor.account.team if actor.account else ""
            here = [
                each
                for each in store.environments.all()
                if each.slack_channel and each.slack_channel in names and each.slack_team in ("", team)
            ]
            if len(here) == 1:
                return here[0]
            person = acting_person(store, actor)
            wanted = PromotionFilter(requested_by=person.id) if person else None
            last = store.promotions.page(wanted, PageRequest(1, 1)).items if wanted else ()
            return store.environments.get(last[0].target.id) if last else None

        return await self._ports.transactions.read(body)

    async def release_named_in(self, actor: Actor, text: str) -> Release | None:
        """The release that a text most probably is about."""

        def body(store: Store) -> Release | None:
            require_right(store, actor, Right.READER)
            return next(filter(None, map(store.releases.named, possible_names(text))), None)

        return await self._ports.transactions.read(body)

    async def card_of(self, actor: Actor, promotion_id: UUID) -> SentMessage | None:
        """Where the card of a promotion stands in Slack."""

        def body(store: Store) -> SentMessage | None:
            require_right(store, actor, Right.READER)
            return _card(store, promotion_id)

        return await self._ports.transactions.read(body)

    def _preview(self, store: Store, actor: Actor, release: Release | None, target: Environment) -> RequestPreview:
        policies = store.policies.of_environment(target.id) or (DEFAULT_POLICY,)
        separated = target.require_sod or any(policy.require_separation_of_duties for policy in policies)
        current = store.releases.current(target.id)
        now = self._ports.clock()
        context = gate_context(store, release, target, now, requester=actor.ref.id) if release else None
        gates, passes_at = self._forecast(context) if context else ((), None)
        in_the_way = open_promotion(store, release, target, now) if release else None
        return RequestPreview(
            target=target,
            policies=policies,
            separation_of_duties=separated,
            approvers=_approvers(store, policies, actor.ref.id if separated else None),
            release=release,
            gates=gates,
            passes_at=passes_at,
            current=store.releases.get(current.release_id) if current else None,
            since=current.at if current else None,
            already_open=in_the_way,
            card=_card(store, in_the_way.id) if in_the_way else None,
            refusal=_refusal(store, actor),
        )

    def _forecast(self, context: GateContext) -> tuple[tuple[GateResult, ...], datetime | None]:
        results = self._ports.gates.evaluate(context)
        return results, earliest_passing(self._ports.gates, context, results)


def _approvers(store: Store, policies: tuple[ApprovalPolicy, ...], requester: UUID | None) -> tuple[Person, ...]:
    electorate = store.people.electorate(policies)
    asked = (electorate.of(policy) for policy in policies if policy.required_approvals)
    return store.people.among(frozenset[UUID]().union(*asked) - {requester})


def open_promotion(store: Store, release: Release, target: Environment, now: datetime) -> Promotion | None:
    """What is in the way of a request: the release's promotion to that environment that is open and not run out."""
    ids = store.promotions.open_ids(release_id=release.id, environment_id=target.id)
    promotions = filter(None, map(store.promotions.get, ids))
    return next((each for each in promotions if not each.expired_at(now)), None)


def _card(store: Store, promotion_id: UUID) -> SentMessage | None:
    card = store.sent.get(f"card:{promotion_id}")
    return card if card and card.ts else None


def _refusal(store: Store, actor: Actor) -> DomainError | None:
    try:
        require_right(store, actor, Right.REQUESTER)
    except ForbiddenError as refused:
        return refused
    return None
