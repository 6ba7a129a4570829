"""Tokens in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.app.tokens import Token


class MemoryTokens:
    def __init__(self, tokens: dict[UUID, Token]) -> None:
        self._tokens = tokens

    def by_digest(self, digest: str) -> Token | None:
        return next((token for token in self._tokens.values() if token.digest == digest), None)

    def get(self, id: UUID) -> Token | None:
        return self._tokens.get(id)

    def all(self) -> tuple[Token, ...]:
        return tuple(sorted(self._tokens.values(), key=lambda token: (token.created_at, token.id), reverse=True))

    def add(self, token: Token) -> None:
        self._tokens[token.id] = token

    def revoke(self, id: UUID, at: datetime) -> None:
        if (token := self._tokens.get(id)) and token.revoked_at is None:
            self._tokens[id] = replace(token, revoked_at=at)
