"""Service accounts and API tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update
from sqlalchemy import Row as TableRow

from bot.db import tables
from bot.db.columns import findable
from bot.db.prepared import Prepared
from bot.db.statements import by_id, inserted
from core.app.tokens import Token
from core.domain.people import Right, ServiceAccount
from core.domain.text import name_key
from core.errors import NameTakenError

_services = tables.service_accounts
_tokens = tables.tokens
_BY_DIGEST = Prepared(select(_tokens).where(_tokens.c.digest == bindparam("digest")))


class Services:
    """Services of `core.app.ports`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, id: UUID) -> ServiceAccount | None:
        row = by_id(_services).one(self._connection, id=id)
        return ServiceAccount(row.id, row.name) if row else None

    def named(self, name: str) -> ServiceAccount | None:
        return self._one(_services.c.name_key == name_key(name)) if findable(name) else None

    def add(self, service: ServiceAccount) -> None:
        row = {"id": service.id, "name": service.name, "name_key": name_key(service.name)}
        if not inserted(self._connection, _services, row):
            raise NameTakenError(f"Another service account is named {service.name}", field="name", name=service.name)

    def _one(self, condition: ColumnElement[bool]) -> ServiceAccount | None:
        row = self._connection.execute(select(_services).where(condition)).one_or_none()
        return ServiceAccount(row.id, row.name) if row else None


class Tokens:
    """Tokens of `core.app.ports`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_digest(self, digest: str) -> Token | None:
        row = _BY_DIGEST.one(self._connection, digest=digest)
        return _token(row) if row else None

    def get(self, id: UUID) -> Token | None:
        return self._one(_tokens.c.id == id)

    def all(self) -> tuple[Token, ...]:
        newest_first = select(_tokens).order_by(_tokens.c.created_at.desc(), _tokens.c.id.desc())
        return tuple(_token(row) for row in self._connection.execute(newest_first))

    def add(self, token: Token) -> None:
        row = {
            "id": token.id,
            "digest": token.digest,
            "created_at": token.created_at,
            "person_id": token.person_id,
            "service_id": token.service_id,
            "scopes": None if token.scopes is None else sorted(token.scopes),
            "expires_at": token.expires_at,
            "revoked_at": token.revoked_at,
        }
        self._connection.execute(insert(_tokens), row)

    def revoke(self, id: UUID, at: datetime) -> None:
        still_open = update(_tokens).where(_tokens.c.id == id, _tokens.c.revoked_at.is_(None))
        self._connection.execute(still_open.values(revoked_at=at))

    def _one(self, condition: ColumnElement[bool]) -> Token | None:
        row = self._connection.execute(select(_tokens).where(condition)).one_or_none()
        return _token(row) if row else None


def _token(row: TableRow[Any]) -> Token:
    return Token(
        id=row.id,
        digest=row.digest,
        created_at=row.created_at,
        person_id=row.person_id,
        service_id=row.service_id,
        scopes=None if row.scopes is None else frozenset(Right(scope) for scope in row.scopes),
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
