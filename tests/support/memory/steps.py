"""Steps of workflows in memory."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from core.app.steps import StepKind, WorkflowStep


class MemorySteps:
    def __init__(self, rows: dict[UUID, WorkflowStep]) -> None:
        self._rows = rows

    def add(self, step: WorkflowStep) -> bool:
        known = {(each.team, each.execution_id) for each in self._rows.values()}
        is_new = (step.team, step.execution_id) not in known
        if is_new:
            self._rows[step.id] = step
        return is_new

    def get(self, id: UUID) -> WorkflowStep | None:
        return self._rows.get(id)

    def put(self, step: WorkflowStep) -> None:
        self._rows[step.id] = step

    def waiting_for(self, promotion_id: UUID) -> tuple[WorkflowStep, ...]:
        waiting = (each for each in self._ordered() if each.kind is StepKind.WAIT and each.ended_at is None)
        return tuple(each for each in waiting if each.promotion_id == promotion_id)

    def unanswered_since(self, moment: datetime) -> tuple[WorkflowStep, ...]:
        unanswered = (each for each in self._ordered() if each.is_unanswered and each.ended_at is None)
        return tuple(each for each in unanswered if each.started_at < moment)

    def _ordered(self) -> list[WorkflowStep]:
        return sorted(self._rows.values(), key=lambda each: (each.started_at, each.id))
