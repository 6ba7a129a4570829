"""Checklists and questions to services, in memory."""

from __future__ import annotations

from uuid import UUID

from core.domain.checklist import Tick
from core.domain.gate_question import GateQuestion

Key = tuple[UUID, str]


class MemoryTicks:
    def __init__(self, rows: dict[Key, Tick]) -> None:
        self._rows = rows

    def of(self, promotion_id: UUID) -> tuple[Tick, ...]:
        own = (tick for tick in self._rows.values() if tick.promotion_id == promotion_id)
        return tuple(sorted(own, key=lambda tick: (tick.at, tick.item)))

    def add(self, tick: Tick) -> bool:
        key = (tick.promotion_id, tick.item)
        is_new = key not in self._rows
        self._rows.setdefault(key, tick)
        return is_new

    def drop(self, promotion_id: UUID, item: str) -> None:
        self._rows.pop((promotion_id, item), None)


class MemoryGateQuestions:
    def __init__(self, rows: dict[Key, GateQuestion]) -> None:
        self._rows = rows

    def get(self, id: UUID) -> GateQuestion | None:
        return next((question for question in self._rows.values() if question.id == id), None)

    def of(self, promotion_id: UUID) -> tuple[GateQuestion, ...]:
        own = (question for question in self._rows.values() if question.promotion_id == promotion_id)
        return tuple(sorted(own, key=lambda question: question.service))

    def put(self, question: GateQuestion) -> None:
        self._rows[question.promotion_id, question.service] = question
