"""Custom steps of Slack workflows that have been started and not ended: whoever restarts finds them here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from core.errors import DomainError


class StepKind(StrEnum):
    """What a step does; the names that `manifest.yml` gives the steps (`callback_id`)."""

    REQUEST = "request_promotion"
    WAIT = "wait_for_decision"
    UNKNOWN = "unknown"
    """A step of another version of ours: it can only fail."""


@dataclass(frozen=True, slots=True)
class WorkflowStep:
    """One run of a step. Slack names it by `team` and `execution_id`, and delivers it more than once.

    A request keeps what would be asked for (`release_id`, `environment_id`, `reason`) and who has to confirm it
    (`person_id`); `promotion_id` is what was asked for then, or what is waited for. `refusal` says why the step fails.
    `ended_at` is when Slack has taken the answer, or when it was given up.
    """

    id: UUID
    team: str
    execution_id: str
    kind: StepKind
    started_at: datetime
    person_id: UUID | None = None
    release_id: UUID | None = None
    environment_id: UUID | None = None
    reason: str = ""
    promotion_id: UUID | None = None
    refusal: str = ""
    ended_at: datetime | None = None

    @property
    def is_unanswered(self) -> bool:
        """Whether the person has still to say whether the request is to be made."""
        return self.kind is StepKind.REQUEST and self.promotion_id is None and not self.refusal


class Steps(Protocol):
    """Steps of workflows."""

    def add(self, step: WorkflowStep) -> bool:
        """Store a new one; False, and nothing changes, where that execution is known."""
        ...

    def get(self, id: UUID) -> WorkflowStep | None:
        """The step with that id; inside `write`, the row is locked where the database can."""
        ...

    def put(self, step: WorkflowStep) -> None:
        """Store what has changed of one."""
        ...

    def waiting_for(self, promotion_id: UUID) -> tuple[WorkflowStep, ...]:
        """Those that wait for the decision of a promotion, oldest first."""
        ...

    def unanswered_since(self, moment: datetime) -> tuple[WorkflowStep, ...]:
        """Requests that were started before a moment and that nobody has confirmed or declined, oldest first."""
        ...


def in_words(error: DomainError) -> str:
    """A refusal as plain words for whoever runs the workflow: why, and what would work."""
    suggestions = [str(each) for each in error.params.get("suggestions") or ()][:3]
    hint = f"Did you mean {' or '.join(suggestions)}?" if suggestions else error.hint
    return " ".join(f"{part}." if part[-1] not in ".?!…" else part for part in (error.message, hint) if part)
