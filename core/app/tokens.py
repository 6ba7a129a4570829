"""API tokens: bearer secrets of which only the hash is stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.domain.people import Right

PREFIX = "csn_"


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a person or of a service account (exactly one of the two ids is set).

    `scopes` None means the person's own rights, whatever they are when the token is used. `digest` is the SHA-256 of
    the whole token text, in hex.
    """

    id: UUID
    digest: str
    created_at: datetime
    person_id: UUID | None = None
    service_id: UUID | None = None
    scopes: frozenset[Right] | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def usable_at(self, now: datetime) -> bool:
        """Whether it opens the door at that moment."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Tokens(Protocol):
    """API tokens."""

    def by_digest(self, digest: str) -> Token | None:
        """The token with that hash."""
        ...

    def get(self, id: UUID) -> Token | None:
        """The token with that id."""
        ...

    def all(self) -> tuple[Token, ...]:
        """All tokens, newest first."""
        ...

    def add(self, token: Token) -> None:
        """Store a new token."""
        ...

    def revoke(self, id: UUID, at: datetime) -> None:
        """Close it for good."""
        ...


def token_digest(text: str) -> str:
    """What is stored of a token. A plain hash does: the secret has 256 random bits, so nothing can be guessed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
