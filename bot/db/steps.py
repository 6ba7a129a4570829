"""Steps of workflows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, TextClause, bindparam, select

from bot.db.prepared import Prepared
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
        return _step(dict(row._mapping)) if row else None

    def put(self, step: WorkflowStep) -> None:
        upsert(self._connection, workflow_steps, ("id",), row_of(workflow_steps, step))

    def waiting_for(self, promotion_id: UUID) -> tuple[WorkflowStep, ...]:
        return tuple(_step(row._asdict()) for row in _WAITING_FOR.all(self._connection, promotion=promotion_id))

    def unanswered_since(self, moment: datetime) -> tuple[WorkflowStep, ...]:
        requested = workflow_steps.c.kind == StepKind.REQUEST.value
        unanswered = _oldest_first(UNANSWERED, workflow_steps.c.started_at < moment, requested)
        return tuple(_step(dict(row._mapping)) for row in self._connection.execute(unanswered))


def _oldest_first(*conditions: ColumnElement[bool] | TextClause) -> Select[Any]:
    return select(workflow_steps).where(*conditions).order_by(workflow_steps.c.started_at, workflow_steps.c.id)


def _step(row: Mapping[str, Any]) -> WorkflowStep:
    return WorkflowStep(**{**row, "kind": StepKind(row["kind"])})


_WAITING_FOR = Prepared(
    _oldest_first(
        WAITING,
        workflow_steps.c.promotion_id == bindparam("promotion"),
        workflow_steps.c.kind == StepKind.WAIT.value,
    )
)
