"""What stands in Slack."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, select

from bot.db import tables
from bot.db.prepared import Prepared
from bot.db.statements import row_of, upsert
from core.app.outbox import SentMessage

_messages = tables.sent_messages
_GET = Prepared(select(_messages).where(_messages.c.key == bindparam("wanted")))
_OF = Prepared(select(_messages).where(_messages.c.promotion_id == bindparam("wanted")).order_by(_messages.c.key))


class Sent:
    """Sent of `core.app.ports`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> SentMessage | None:
        row = _GET.one(self._connection, wanted=key)
        return _message(row) if row else None

    def put(self, message: SentMessage) -> None:
        upsert(self._connection, _messages, ("key",), row_of(_messages, message))

    def of(self, promotion_id: UUID) -> tuple[SentMessage, ...]:
        return tuple(_message(row) for row in _OF.all(self._connection, wanted=promotion_id))

    def forget(self, key: str) -> None:
        self._connection.execute(delete(_messages).where(_messages.c.key == key))


def _message(row: Any) -> SentMessage:
    return SentMessage(**row._asdict())
