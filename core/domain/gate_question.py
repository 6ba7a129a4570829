"""What a service outside was asked about a promotion, and what it said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

TOKENS_KEPT = 20
"""So many calls may be on their way at once, each with a token that its answer may come back with."""


class Standing(StrEnum):
    """How far a question is."""

    NOT_ASKED = "not_asked"
    FAILING = "failing"
    WAITING = "waiting"
    EXPIRED = "expired"
    AGREED = "agreed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class GateQuestion:
    """One question to one service about one promotion, kept with its answer.

    `address_digest` stands for where it was asked: another address is another question. `token_digests` are hashes of
    the tokens that an answer may come with, newest last. `problem` is why the last call got no answer. `taken_at` is
    when the service said that it will answer later. `passed` is None until there is an answer.
    """

    id: UUID
    promotion_id: UUID
    service: str
    address_digest: str
    asked_at: datetime
    token_digests: tuple[str, ...] = ()
    problem: str = ""
    taken_at: datetime | None = None
    answered_at: datetime | None = None
    passed: bool | None = None
    message: str = ""

    def asked_again(self, token_digest: str) -> GateQuestion:
        """The same with the token of one more call."""
        return replace(self, token_digests=(*self.token_digests, token_digest)[-TOKENS_KEPT:])

    def failed(self, problem: str) -> GateQuestion:
        """The same after a call without an answer; an answer that came meanwhile stays."""
        return self if self.answered_at else replace(self, problem=problem)

    def taken(self, at: datetime) -> GateQuestion:
        """The same where the service will answer later; an answer that came meanwhile stays."""
        return self if self.answered_at else replace(self, taken_at=at, problem="")

    def answered(self, passed: bool, message: str, at: datetime) -> GateQuestion:
        """The same with its answer. Tokens stay known, so that whoever comes twice hears that it was answered."""
        return replace(self, passed=passed, message=message, answered_at=at, problem="")
