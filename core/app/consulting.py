"""Asking services outside about a promotion, and hearing their answers.

Nobody is called inside a transaction. `begin` writes down what is about to be asked, the caller asks, `heard` writes
down what came of it. A service may also answer later, with the token that it was handed: 256 random bits that are good
for one question and kept as a hash.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from uuid import UUID

from core.app.finding import found
from core.app.journal import Journal
from core.app.outbox import Errand
from core.app.ports import Ports, Store
from core.app.tokens import token_digest
from core.domain.environment import Environment
from core.domain.events import Action
from core.domain.gate_question import GateQuestion
from core.domain.gate_result import GateResult
from core.domain.people import Actor, ActorKind, ActorRef
from core.domain.promotion import Promotion
from core.domain.release import Release
from core.domain.text import checked_text
from core.errors import ConflictError, NotFoundError
from core.gates.webhook import UNASKED, Service, WebhookGate, services_of

MESSAGE_MAX = 500
"""Characters of a service's message that are kept; of all services of a gate together they fit its inputs."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A call to make: which service, about what, and the token that an answer may come back with."""

    service: Service
    question: GateQuestion
    token: str
    promotion: Promotion
    release: Release
    target: Environment


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a call: an answer (`passed`), the word that one follows later, or a `problem`."""

    passed: bool | None = None
    message: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """A service's answer that comes by itself. `token` is the one that the service was handed with the question."""

    question_id: UUID
    token: str
    passed: bool
    message: str = ""


class Consulting:
    """Keeps questions and answers. An answer has the promotion looked at again."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def begin(self, promotion_id: UUID) -> tuple[Inquiry, ...]:
        """Write down what is to be asked about an open promotion now, and return the calls to make."""
        return await self._ports.transactions.write(lambda store: self._begin(store, promotion_id))

    async def heard(self, question_id: UUID, heard: Heard, correlation_id: str = "") -> None:
        """Store what came of a call. What was answered or replaced meanwhile stays as it is."""

        def body(store: Store) -> None:
            question = _locked(store, question_id)
            if question is None or question.answered_at:
                return
            journal = Journal(store, _by(question, "system", correlation_id), self._ports.clock())
            if heard.passed is not None:
                _store_answer(journal, question, heard.passed, heard.message)
                return
            known = question.failed(heard.problem) if heard.problem else question.taken(journal.now)
            store.questions.put(known)
            if known != question:
                journal.look_again([question.promotion_id])

        await self._ports.transactions.write(body)
        self._ports.wake()

    async def answer(self, command: AnswerQuestion, correlation_id: str = "") -> GateQuestion:
        """Store the answer that a service gives by itself, once.

        Raises NotFoundError for an unknown question and a wrong token alike, ConflictError where it was answered,
        AlreadyDecidedError, InvalidError.
        """

        def body(store: Store) -> GateQuestion:
            promotion = store.promotions.get(_asked(store, command).promotion_id)
            question = _asked(store, command)
            journal = Journal(store, _by(question, "rest", correlation_id), self._ports.clock())
            found(promotion, "promotion", question.promotion_id).require_open()
            if question.answered_at:
                raise ConflictError("This question is answered already, and an answer is given once")
            message = checked_text(command.message, "message", limit=MESSAGE_MAX)
            return _store_answer(journal, question, command.passed, message)

        # Strangers may knock here: whoever has no token is sent away without the one writer being asked for.
        await self._ports.transactions.read(lambda store: _asked(store, command))
        answered = await self._ports.transactions.write(body)
        self._ports.wake()
        return answered

    def _begin(self, store: Store, promotion_id: UUID) -> tuple[Inquiry, ...]:
        promotion = store.promotions.get(promotion_id)
        target = store.environments.get(promotion.target.id) if promotion else None
        release = store.releases.get(promotion.release_id) if promotion else None
        if promotion is None or target is None or release is None or not promotion.is_open:
            return ()
        known = {question.service: question for question in store.questions.of(promotion_id)}
        inquiries = []
        for service in services_of(target):
            question = self._to_ask(promotion_id, service, known.get(service.name))
            if question is None:
                continue
            token = self._ports.new_secret()
            question = question.asked_again(token_digest(token))
            store.questions.put(question)
            inquiries.append(Inquiry(service, question, token, promotion, release, target))
        return tuple(inquiries)

    def _to_ask(self, promotion_id: UUID, service: Service, known: GateQuestion | None) -> GateQuestion | None:
        """The question to ask: the one that got no answer yet, or a new one; None where there is nothing to ask."""
        now = self._ports.clock()
        if known is not None and known.address_digest == service.address_digest:
            if known.answered_at is None:
                return None if known.taken_at else known
            if service.max_age is None or now < known.answered_at + service.max_age:
                return None
        return GateQuestion(self._ports.new_id(), promotion_id, service.name, service.address_digest, now)


def ask_services(journal: Journal, promotion: Promotion, results: tuple[GateResult, ...]) -> None:
    """Have services asked that a gate's result says nobody has asked yet, or not lately enough."""
    webhooks = (result for result in results if result.gate_name == WebhookGate.name)
    rows = (row for result in webhooks for row in result.details.get("services", ()))
    if any(row["standing"] in UNASKED for row in rows):
        journal.tell(promotion.id, Errand.ASK)


def readable(message: str) -> str:
    """A service's message cut to what is kept; InvalidError for one that cannot be shown."""
    return checked_text(message[:MESSAGE_MAX], "message")


def _locked(store: Store, question_id: UUID) -> GateQuestion | None:
    """The question as it is once nobody else is changing what belongs to its promotion."""
    question = store.questions.get(question_id)
    if question is None or store.promotions.get(question.promotion_id) is None:
        return None
    return store.questions.get(question_id)


def _asked(store: Store, command: AnswerQuestion) -> GateQuestion:
    """The question that an answer is for. Raises NotFoundError."""
    question = store.questions.get(command.question_id)
    if question is None or not _is_token_of(command.token, question):
        raise NotFoundError(
            "There is no such question, or the token is not one of its own",
            hint="Use the id and the token of the newest call.",
        )
    return question


def _store_answer(journal: Journal, question: GateQuestion, passed: bool, message: str) -> GateQuestion:
    answered = question.answered(passed, message, journal.now)
    journal.store.questions.put(answered)
    journal.note(Action.GATE_ANSWERED, question.promotion_id, service=question.service, passed=passed, message=message)
    journal.look_again([question.promotion_id])
    return answered


def _by(question: GateQuestion, door: str, correlation_id: str) -> Actor:
    service = ActorRef(ActorKind.SERVICE, None, question.service)
    return Actor(service, door, correlation_id=correlation_id)


def _is_token_of(token: str, question: GateQuestion) -> bool:
    digest = token_digest(token)
    return any(hmac.compare_digest(digest, each) for each in question.token_digests)
