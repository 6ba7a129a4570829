"""Waiving findings: a person lets one pass for a time, and may take that back.

Waivers are made by people alone. They never change and are never removed, so what held when stays known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.app.authorise import acting_person, require_right
from core.app.finding import found
from core.app.journal import Journal
from core.app.ports import Ports, Store
from core.domain.events import Action
from core.domain.people import Actor, Person, Right
from core.domain.separation import refusal_to_act_as_voter
from core.domain.waiver import Waiver
from core.errors import ForbiddenError, InvalidError


@dataclass(frozen=True, slots=True)
class WaiveFinding:
    """See Waiver."""

    vulnerability: str
    component: str
    environment_id: UUID
    reason: str
    ends_at: datetime
    package: str = ""


class Waiving:
    """Makes and revokes waivers; open promotions that they touch have their gates looked at again."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def waive(self, actor: Actor, command: WaiveFinding) -> Waiver:
        """Let a finding pass. Raises ForbiddenError, InvalidError."""

        def body(store: Store) -> Waiver:
            _waiving_person(store, actor)
            journal = Journal(store, actor, self._ports.clock())
            if store.environments.get(command.environment_id) is None:
                raise InvalidError(f"There is no environment {command.environment_id}", field="environmentId")
            waiver = Waiver(
                id=self._ports.new_id(),
                vulnerability=command.vulnerability,
                package=command.package,
                component=command.component,
                environment_id=command.environment_id,
                reason=command.reason,
                ends_at=command.ends_at,
                created_by=actor.ref,
                created_at=journal.now,
            )
            if not store.releases.has_component(waiver.component):
                hint = "Write it exactly as releases have it; GET /api/v1/releases lists them."
                raise InvalidError(f"No release of {waiver.component} is known", field="component", hint=hint)
            store.waivers.add(waiver)
            journal.note(Action.WAIVER_CREATED, waiver.id, **_told(waiver))
            _look_again(journal, waiver)
            return waiver

        return await self._committed(body)

    async def revoke(self, actor: Actor, id: UUID, reason: str = "") -> Waiver:
        """Take a waiver back. Raises ForbiddenError, NotFoundError, and ConflictError where it no longer holds."""

        def body(store: Store) -> Waiver:
            _waiving_person(store, actor)
            journal = Journal(store, actor, self._ports.clock())
            waiver = found(store.waivers.get(id), "waiver", id)
            revoked = waiver.revoke(actor.ref, journal.now, reason)
            store.waivers.replace(revoked)
            journal.note(Action.WAIVER_REVOKED, id, **_told(waiver), because=revoked.revoked_because)
            _look_again(journal, waiver)
            return revoked

        return await self._committed(body)

    async def _committed(self, body: Callable[[Store], Waiver]) -> Waiver:
        waiver = await self._ports.transactions.write(body)
        self._ports.wake()
        return waiver


def _waiving_person(store: Store, actor: Actor) -> Person:
    person = acting_person(store, actor)
    if person is None:
        hint = "Use the token of a person with the role waiver or admin."
        raise ForbiddenError("Only people waive findings, no service account", hint=hint)
    if refusal := refusal_to_act_as_voter(actor, person):
        raise refusal
    require_right(store, actor, Right.WAIVER)
    return person


def _told(waiver: Waiver) -> dict[str, str]:
    return {
        "vulnerabilityId": waiver.vulnerability,
        "package": waiver.package,
        "component": waiver.component,
        "environmentId": str(waiver.environment_id),
        "endsAt": waiver.ends_at.isoformat(),
        "reason": waiver.reason,
    }


def _look_again(journal: Journal, waiver: Waiver) -> None:
    promotions = journal.store.promotions.open_of_component(waiver.component, waiver.environment_id)
    journal.look_again(promotion.id for promotion in promotions)
