"""Steps of workflows."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, TextClause, select
from sqlalchemy import Row as TableRow

from bot.db.statements import inserted, row_of, upsert
from bot.db.step_tables import UNANSWERED, WAITING, workflow_steps
from core.app.steps import StepKind, WorkflowStep


class WorkflowSteps:
    """Steps of `core.app.steps`. `locking` says that rows are read to be changed."""

    def __init__(self, connection: Connection, *, locking: bool) -> None:
        self._connection = connection
        self._locking = locking

    def add(self, step: WorkflowStep) -> bool:
        return inserted(self._connection, workflow_steps, row_of(workflow_steps, step))

    def get(self, id: UUID) -> WorkflowStep | None:
        chosen = select(workflow_steps).where(workflow_steps.c.id == id)
        row = self._connection.execute(chosen.with_for_update() if self._locking else chosen).one_or_none()
        return _step(row) if row else None

    def put(self, step: WorkflowStep) -> None:
        upsert(self._connection, workflow_steps, ("id",), row_of(workflow_steps, step))

    def waiting_for(self, promotion_id: UUID) -> tuple[WorkflowStep, ...]:
        wanted = workflow_steps.c.promotion_id == promotion_id
        return self._many(WAITING, wanted, workflow_steps.c.kind == StepKind.WAIT.value)

    def unanswered_since(self, moment: datetime) -> tuple[WorkflowStep, ...]:
        requested = workflow_steps.c.kind == StepKind.REQUEST.value
        return self._many(UNANSWERED, workflow_steps.c.started_at < moment, requested)

    def _many(self, *conditions: ColumnElement[bool] | TextClause) -> tuple[WorkflowStep, ...]:
        oldest_first = select(workflow_steps).where(*conditions)
        ordered = oldest_first.order_by(workflow_steps.c.started_at, workflow_steps.c.id)
        return tuple(_step(row) for row in self._connection.execute(ordered))


def _step(row: TableRow[Any]) -> WorkflowStep:
    return WorkflowStep(**{**row._mapping, "kind": StepKind(row.kind)})
