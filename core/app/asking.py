"""Talking about an open promotion: a question to the requester, and a reminder to those who have not voted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.app.authorise import acting_person, require_right
from core.app.finding import found
from core.app.journal import Journal
from core.app.notifying import nudge
from core.app.outbox import Errand
from core.app.ports import Ports, Store
from core.domain.events import Action
from core.domain.people import Actor, Person, Right
from core.domain.promotion import Promotion, Status
from core.domain.text import checked_text
from core.errors import ConflictError, ForbiddenError, RemindedLatelyError, TransitionError

REMIND_EVERY = timedelta(hours=1)
"""Nobody is reminded of one promotion more often than that, whoever asks."""
MAX_QUESTION = 3000


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """Ask the requester of a promotion something, where everybody who looks at it can read it."""

    promotion_id: UUID
    question: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """Who is told again; those `held` want peace now and are told when that is over."""

    people: tuple[Person, ...]
    held: tuple[Person, ...] = ()


class Asking:
    """Stores questions and reminders; the outbox brings them to Slack, each once."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def ask(self, actor: Actor, command: AskQuestion) -> Promotion:
        """Store a question. Raises ForbiddenError, NotFoundError, InvalidError, AlreadyDecidedError."""

        def body(store: Store) -> Promotion:
            require_right(store, actor, Right.READER)
            journal = Journal(store, actor, self._ports.clock())
            promotion = _open(store, command.promotion_id, journal.now)
            question = checked_text(command.question, "question", required=True, limit=MAX_QUESTION)
            journal.note(Action.QUESTION_ASKED, promotion.id, question=question)
            journal.tell(promotion.id, Errand.CARD)
            return promotion

        promotion = await self._ports.transactions.write(body)
        self._ports.wake()
        return promotion

    async def remind(self, actor: Actor, promotion_id: UUID) -> Reminded:
        """Have everybody who may still approve told again, and say who that is.

        The requester, the approvers and administrators may. Raises ForbiddenError, NotFoundError, AlreadyDecidedError,
        TransitionError while the gates are looked at, RemindedLatelyError, ConflictError where nobody can approve.
        """

        def body(store: Store) -> Reminded:
            require_right(store, actor, Right.READER)
            journal = Journal(store, actor, self._ports.clock())
            promotion = _open(store, promotion_id, journal.now)
            _require_concerned(store, actor, promotion)
            if promotion.status is not Status.AWAITING_APPROVAL:
                hint = "The card says what blocks; approvers are asked by themselves once the gates pass."
                raise TransitionError("The gates come first: nobody has been asked for an approval yet", hint=hint)
            _require_none_lately(store, promotion, journal.now)
            people = store.people.among(promotion.may_still_approve(store.people.electorate(promotion.policies)))
            if not people:
                hint = "Ask an administrator to add people to the approver groups."
                raise ConflictError("Nobody can approve this now", hint=hint)
            journal.note(Action.APPROVERS_REMINDED, promotion.id, to=[str(person.id) for person in people])
            journal.tell(promotion.id, Errand.CARD)
            return Reminded(people, nudge(store, promotion.id, people, journal.now))

        reminded = await self._ports.transactions.write(body)
        self._ports.wake()
        return reminded


def _open(store: Store, promotion_id: UUID, now: datetime) -> Promotion:
    """The promotion, unless it is decided or its time is over, noticed or not."""
    promotion = found(store.promotions.get(promotion_id), "promotion", promotion_id)
    (promotion.expire() if promotion.expired_at(now) else promotion).require_open()
    return promotion


def _require_concerned(store: Store, actor: Actor, promotion: Promotion) -> None:
    person = acting_person(store, actor)
    electorate = store.people.electorate(promotion.policies)
    mine = actor.ref.id is not None and actor.ref.id == promotion.requested_by.id
    if mine or (person and any(person.id in electorate.of(policy) for policy in promotion.policies)):
        return
    try:
        require_right(store, actor, Right.ADMIN)
    except ForbiddenError as refused:
        message = "Only the requester, the approvers and administrators remind"
        raise ForbiddenError(message, hint=refused.hint, **refused.params) from refused


def _require_none_lately(store: Store, promotion: Promotion, now: datetime) -> None:
    reminded = [event.at for event in store.audit.of(promotion.id) if event.action is Action.APPROVERS_REMINDED]
    if not reminded or now >= (available := max(reminded) + REMIND_EVERY):
        return
    raise RemindedLatelyError(
        "Everybody was reminded less than an hour ago",
        hint="Talk to one of them, or try again later.",
        availableAt=available.isoformat().replace("+00:00", "Z"),
    )
