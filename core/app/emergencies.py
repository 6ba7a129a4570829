"""Acting on time itself: lifting freezes for one promotion in an emergency, and putting one off until gates pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.app.authorise import acting_person, require_right
from core.app.evaluating import Evaluating
from core.app.finding import found
from core.app.journal import REFRESH, Journal
from core.app.ports import Ports, Store
from core.app.sealing import write_sealed
from core.domain.events import Action
from core.domain.exemption import FreezeExemption
from core.domain.people import Actor, Person, Right
from core.domain.promotion import Promotion
from core.domain.separation import refusal_to_act_as_voter, refusal_to_exempt
from core.errors import ConflictError, ForbiddenError, NotAVoterError
from core.gates.freeze_window import FreezeWindowGate


@dataclass(frozen=True, slots=True)
class LiftFreeze:
    """Lift freeze windows for one promotion, with a reason and until when."""

    promotion_id: UUID
    reason: str
    until: datetime


class Emergencies:
    """Stores exemptions and deferrals; both are on the card, in the audit log and, as far as they matter, sealed."""

    def __init__(self, ports: Ports, evaluating: Evaluating) -> None:
        self._ports = ports
        self._evaluating = evaluating

    async def lift(self, actor: Actor, command: LiftFreeze) -> Promotion:
        """Lift freezes and look at the gates again at once.

        Raises ForbiddenError without the role `emergency`, which no other role contains; SeparationOfDutiesError,
        NotFoundError, AlreadyDecidedError, InvalidError; ConflictError where no freeze holds the promotion back.
        """
        promotion = await write_sealed(self._ports, lambda ports, store: self._lift(ports, store, actor, command))
        self._ports.wake()
        return promotion

    async def defer(self, actor: Actor, promotion_id: UUID) -> Promotion:
        """Put a blocked promotion off until its gates are forecast to pass, and say so when they do.

        Approvers then have their full time, however soon the request would have expired. The requester may, and an
        administrator. Raises ForbiddenError, NotFoundError, AlreadyDecidedError, TransitionError.
        """

        def body(store: Store) -> Promotion:
            require_right(store, actor, Right.READER)
            journal = Journal(store, actor, self._ports.clock())
            promotion = _open(store, promotion_id, journal.now)
            mine = promotion.requested_by.id is not None and promotion.requested_by.id == actor.ref.id
            require_right(store, actor, Right.REQUESTER if mine else Right.ADMIN)
            deferred = promotion.defer()
            if deferred == promotion:
                return promotion
            until, expires_at = deferred.deferred_until, deferred.expires_at
            journal.note(
                Action.PROMOTION_DEFERRED,
                promotion.id,
                until=until.isoformat() if until else None,
                expiresAt=expires_at.isoformat() if expires_at else None,
            )
            journal.tell(promotion.id, *REFRESH)
            return store.promotions.save(deferred)

        promotion = await self._ports.transactions.write(body)
        self._ports.wake()
        return promotion

    def _lift(self, ports: Ports, store: Store, actor: Actor, command: LiftFreeze) -> Promotion:
        person = _with_the_right(store, actor)
        journal = Journal(store, actor, ports.clock())
        promotion = _open(store, command.promotion_id, journal.now)
        if refusal := refusal_to_exempt(promotion, person):
            raise refusal
        exemption = FreezeExemption(actor.ref, command.reason, journal.now, command.until)
        _require_frozen(promotion)
        saved = store.promotions.save(promotion.exempt(exemption))
        journal.note(Action.FREEZE_LIFTED, promotion.id, reason=exemption.reason, until=exemption.until.isoformat())
        journal.tell(promotion.id, *REFRESH)
        return self._evaluating.looked_at(ports, journal.by_system(), saved)


def _with_the_right(store: Store, actor: Actor) -> Person:
    """The person who acts. The right is a role of its own: being an administrator does not bring it."""
    person = acting_person(store, actor)
    if person is None:
        raise NotAVoterError(f"{actor.ref.name} is not a person; only people lift freezes")
    if refusal := refusal_to_act_as_voter(actor, person):
        raise refusal
    actor.require_scope(Right.EMERGENCY)
    if Right.EMERGENCY not in person.roles:
        raise ForbiddenError(
            f"{person.name} does not have the role emergency",
            hint="Ask somebody who has it to lift the freeze; an administrator gives the role.",
            missingRole=Right.EMERGENCY.value,
        )
    return person


def _open(store: Store, promotion_id: UUID, now: datetime) -> Promotion:
    promotion = found(store.promotions.get(promotion_id), "promotion", promotion_id)
    if promotion.expired_at(now):
        promotion = promotion.expire()
    promotion.require_open()
    return promotion


def _require_frozen(promotion: Promotion) -> None:
    frozen = any(gate.gate_name == FreezeWindowGate.name and not gate.passed for gate in promotion.gates)
    if not frozen and promotion.exemption is None:
        raise ConflictError("No freeze window holds this promotion back", hint="There is nothing to lift.")
