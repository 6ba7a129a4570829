"""Checklists, and answers of services that gates have asked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from bot.api.schemas.base import Body, RequiredText, Shown, Text, example
from core.app.checking import Checklist, ItemView, TickItem
from core.app.consulting import MESSAGE_MAX, AnswerQuestion
from core.domain.gate_question import GateQuestion

_ITEM = {
    "name": "Runbook updated",
    "group": "sre-team",
    "ticked": True,
    "tickedById": "e4f7d8b1-94a3-4be7-8d53-2b6f1c0a9e04",
    "tickedByName": "Sam Silva",
    "tickedAt": "2026-01-10T14:28:00Z",
}


class TickBody(Body):
    """An item to tick, or to take back."""

    model_config = example("Tick", item="Runbook updated", ticked=True)

    item: RequiredText = Field(description="The item's name.")
    ticked: bool = Field(default=True, description="False takes the tick back.")

    def command(self, promotion_id: UUID) -> TickItem:
        return TickItem(promotion_id, self.item, self.ticked)


class ItemShown(Shown):
    """An item of a checklist, and who ticked it."""

    model_config = example("ChecklistItem", **_ITEM)

    name: str
    group: str = Field(description="The approver group whose members tick it.")
    ticked: bool
    ticked_by_id: UUID | None
    ticked_by_name: str | None
    ticked_at: datetime | None


class GateAnswer(Body):
    """A service's answer to a question of a `webhook-gate`."""

    model_config = example(**{"token": "the token of the question", "passed": True, "message": "CHG-1042 is approved"})

    token: str = Field(max_length=200, description="`data.answer.token` of the question; it is good for one answer.")
    passed: bool = Field(description="Whether the promotion may go on.")
    message: Text = Field(default="", description=f"Why, for people to read: at most {MESSAGE_MAX} characters.")

    def command(self, question_id: UUID) -> AnswerQuestion:
        return AnswerQuestion(question_id, self.token, self.passed, self.message)


class AnsweredShown(Shown):
    """The answer as it was taken."""

    model_config = example(
        "AnsweredQuestion",
        questionId="6f0f7f6e-3a53-4b7c-9c39-0f6b7a5a9e11",
        service="change-board",
        passed=True,
        message="CHG-1042 is approved",
        answeredAt="2026-01-10T14:28:00Z",
    )

    question_id: UUID
    service: str
    passed: bool
    message: str
    answered_at: datetime | None


def items_of(checklist: Checklist) -> list[ItemShown]:
    return [_item(item) for item in checklist.items]


def answered_of(question: GateQuestion) -> AnsweredShown:
    return AnsweredShown(
        question_id=question.id,
        service=question.service,
        passed=bool(question.passed),
        message=question.message,
        answered_at=question.answered_at,
    )


def _item(item: ItemView) -> ItemShown:
    tick = item.tick
    return ItemShown(
        name=item.name,
        group=item.group,
        ticked=tick is not None,
        ticked_by_id=tick.person_id if tick else None,
        ticked_by_name=tick.person_name if tick else None,
        ticked_at=tick.at if tick else None,
    )
