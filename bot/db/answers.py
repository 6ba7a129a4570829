"""Answers that are given again to the same request."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from bot.db import upkeep_tables
from bot.db.columns import findable
from bot.db.statements import row_of, upsert
from core.app.ports import StoredAnswer

_answers = upkeep_tables.stored_answers


class Answers:
    """Answers of `core.app.ports`.

    With `locking` on PostgreSQL the first `get` of a key makes all others wait for the end of the transaction, so two
    requests with one key never both find it free. SQLite has one writer and needs nothing.
    """

    def __init__(self, connection: Connection, *, locking: bool) -> None:
        self._connection = connection
        self._locks = locking and connection.dialect.name == "postgresql"

    def get(self, owner: str, key: str) -> StoredAnswer | None:
        if not findable(owner + key):
            return None
        if self._locks:
            number = func.hashtextextended(f"{owner}\n{key}", 0)
            self._connection.execute(select(func.pg_advisory_xact_lock(number)))
        chosen = select(_answers).where(_answers.c.owner == owner, _answers.c.key == key)
        row = self._connection.execute(chosen).one_or_none()
        if row is None:
            return None
        headers = tuple((name, value) for name, value in row.headers)
        return StoredAnswer(row.owner, row.key, row.fingerprint, row.created_at, row.status, headers, row.body)

    def put(self, answer: StoredAnswer) -> None:
        upsert(self._connection, _answers, ("owner", "key"), row_of(_answers, answer))

    def forget(self, owner: str, key: str) -> None:
        if findable(owner + key):
            self._connection.execute(delete(_answers).where(_answers.c.owner == owner, _answers.c.key == key))

    def forget_before(self, moment: datetime) -> int:
        return self._connection.execute(delete(_answers).where(_answers.c.created_at < moment)).rowcount
