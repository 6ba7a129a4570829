"""Checklists and questions to services."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, select
from sqlalchemy import Row as TableRow

from bot.db.gate_tables import checklist_ticks as _ticks
from bot.db.gate_tables import gate_questions as _questions
from bot.db.statements import inserted, row_of, upsert
from core.domain.checklist import Tick
from core.domain.gate_question import GateQuestion


class Ticks:
    """Ticks of `core.app.gate_records`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, promotion_id: UUID) -> tuple[Tick, ...]:
        own = select(_ticks).where(_ticks.c.promotion_id == promotion_id).order_by(_ticks.c.at, _ticks.c.item)
        return tuple(Tick(**row._mapping) for row in self._connection.execute(own))

    def add(self, tick: Tick) -> bool:
        return inserted(self._connection, _ticks, row_of(_ticks, tick))

    def drop(self, promotion_id: UUID, item: str) -> None:
        own = (_ticks.c.promotion_id == promotion_id, _ticks.c.item == item)
        self._connection.execute(delete(_ticks).where(*own))


class GateQuestions:
    """GateQuestions of `core.app.gate_records`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, id: UUID) -> GateQuestion | None:
        row = self._connection.execute(select(_questions).where(_questions.c.id == id)).one_or_none()
        return _question(row) if row else None

    def of(self, promotion_id: UUID) -> tuple[GateQuestion, ...]:
        own = select(_questions).where(_questions.c.promotion_id == promotion_id).order_by(_questions.c.service)
        return tuple(_question(row) for row in self._connection.execute(own))

    def put(self, question: GateQuestion) -> None:
        row = {**row_of(_questions, question), "token_digests": list(question.token_digests)}
        upsert(self._connection, _questions, ("promotion_id", "service"), row)


def _question(row: TableRow[Any]) -> GateQuestion:
    return GateQuestion(**{**row._mapping, "token_digests": tuple(row.token_digests)})
