"""What stands in Slack."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, select
from sqlalchemy import Row as TableRow

from bot.db import tables
from bot.db.statements import row_of, upsert
from core.app.outbox import SentMessage

_messages = tables.sent_messages
_GET = select(_messages)


class Sent:
    """Sent of `core.app.ports`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> SentMessage | None:
        row = self._connection.execute(_GET.where(_messages.c.key == key)).one_or_none()
        return _message(row) if row else None

    def put(self, message: SentMessage) -> None:
        upsert(self._connection, _messages, ("key",), row_of(_messages, message))

    def of(self, promotion_id: UUID) -> tuple[SentMessage, ...]:
        by_key = _GET.where(_messages.c.promotion_id == promotion_id).order_by(_messages.c.key)
        return tuple(_message(row) for row in self._connection.execute(by_key))

    def forget(self, key: str) -> None:
        self._connection.execute(delete(_messages).where(_messages.c.key == key))


def _message(row: TableRow[Any]) -> SentMessage:
    return SentMessage(**row._mapping)
