"""One line of history for each thing that happened."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.views.thread import history_entry
from core.domain.events import Action
from tests.bot.slack.makers import event, said

TOLD: list[tuple[Action, dict[str, Any], str]] = [
    (
        Action.PROMOTION_REQUESTED,
        {"releaseName": "shop-1", "targetEnvironmentName": "production", "reason": "why"},
        "*Alice* requested shop-1 for production\n> why",
    ),
    (Action.GATES_BLOCKED, {"gates": [{"gateName": "g", "message": "m"}]}, "1 gate blocked it\n> *g*: m"),
    (Action.GATES_PASSED, {}, "The gates passed"),
    (
        Action.GATE_ANSWERED,
        {"service": "change-board", "passed": True, "message": "CHG-7"},
        ":white_check_mark: *change-board* agrees\n> CHG-7",
    ),
    (Action.GATE_ANSWERED, {"service": "change-board", "passed": False}, ":no_entry: *change-board* refuses"),
    (Action.ITEM_TICKED, {"item": "Runbook <updated>"}, "*Alice* ticked Runbook &lt;updated&gt;"),
    (Action.ITEM_UNTICKED, {"item": "Runbook updated"}, "*Alice* took back Runbook updated"),
    (Action.VOTE_APPROVED, {"approvalCount": 1, "requiredApprovals": 2, "comment": "ok"}, "approved, 1 of 2\n> ok"),
    (Action.PROMOTION_APPROVED, {}, "*Approved*"),
    (Action.PROMOTION_REJECTED, {"reason": "no"}, "*Alice* *rejected* it\n> no"),
    (Action.PROMOTION_CANCELLED, {}, "*Alice* *cancelled* it"),
    (Action.PROMOTION_EXPIRED, {}, "*Expired*: nobody decided in time"),
    (Action.PROMOTION_SUPERSEDED, {}, "*Superseded*"),
    (
        Action.DEPLOYMENT_REPORTED,
        {"status": "failed", "externalUrl": "https://ci.example/1", "message": "boom"},
        "*The deployment failed*, says Alice · <https://ci.example/1|Open the deployment>\n> boom",
    ),
]


@pytest.mark.parametrize(("action", "details", "words"), TOLD, ids=[each[0].value for each in TOLD])
def test_what_happened_is_one_line(action: Action, details: dict[str, Any], words: str) -> None:
    told = history_entry(event(action, details))
    assert told is not None
    assert words in said(told)
    assert told.text


def test_another_door_is_named() -> None:
    told = history_entry(event(Action.PROMOTION_REJECTED, {"reason": "no"}, door="rest"))
    assert told is not None
    assert "(through the API)" in told.text


def test_every_event_of_a_promotion_is_told_and_no_other() -> None:
    told = {action for action in Action if history_entry(event(action)) is not None}
    assert told == {
        action for action in Action if action.value.startswith("promotion:") and action is not Action.GATES_CHANGED
    }


def test_a_link_that_is_none_is_left_out() -> None:
    told = history_entry(event(Action.DEPLOYMENT_REPORTED, {"status": "deployed", "externalUrl": "javascript:x"}))
    assert told is not None
    assert "javascript" not in told.text
