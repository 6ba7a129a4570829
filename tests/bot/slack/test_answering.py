"""From payload to acknowledgement: faults of ours are told with a reference, repeats do nothing."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import pytest

from bot.slack.answering import answered
from bot.slack.door import Door
from bot.slack.event_payloads import HomeOpened
from bot.slack.ids import CommandName
from bot.slack.payload_parts import Asker
from bot.slack.payloads import Click, SlashCommand, Submission, Suggestion
from core.domain.people import Actor
from core.errors import UnavailableError
from tests.bot.slack.conftest import TEAM, Rig
from tests.support.workspaces import only

COMMON = {"team": {"id": TEAM}, "user": {"id": "U02"}, "trigger_id": "1.2.3"}
COMMAND = SlashCommand(command=CommandName.APPROVALS, team_id=TEAM, user_id="U02", trigger_id="1.2.3")
CLICK = Click.model_validate({**COMMON, "channel": {"id": "C01"}, "actions": [{"action_id": "promotion.approve"}]})
SUBMISSION = Submission.model_validate({**COMMON, "view": {"id": "V1", "callback_id": "dialog.request"}})
SUGGESTION = Suggestion.model_validate({**COMMON, "action_id": "request.release"})
HOME = HomeOpened.model_validate({"team_id": TEAM, "event": {"type": "app_home_opened", "user": "U02", "tab": "home"}})


class Failing:
    """Accounts that fail in one way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def actor(self, team: str, user: str, correlation_id: str = "", *, enterprise: str = "") -> Actor:
        raise self._error

    async def heard_of(
        self, team: str, profile: Mapping[str, Any], correlation_id: str = "", *, enterprise: str = ""
    ) -> None:
        raise self._error


def door(rig: Rig, error: Exception) -> Door:
    return Door(rig.countersign, only(rig.client), Failing(error), rig.replies)


async def test_a_fault_of_ours_is_told_with_a_reference_that_is_in_the_log(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    broken = door(rig, RuntimeError("a bug"))
    with caplog.at_level(logging.ERROR):
        told = await answered(broken, COMMAND)
        view = await answered(broken, SUBMISSION)
        assert await answered(broken, SUGGESTION) == {"options": []}
        assert await answered(broken, CLICK) == {}
        assert await answered(broken, HOME) == {}
    assert "Something went wrong here, reference `" in told["text"]
    assert view["response_action"] == "update"
    await rig.slack.whisper("bob", "Something went wrong")
    await rig.slack.home_of("bob", "Something went wrong")


async def test_after_a_fault_the_next_delivery_counts(rig: Rig) -> None:
    broken = door(rig, RuntimeError("a bug"))
    assert await answered(broken, COMMAND) != {}
    assert await answered(broken, COMMAND) != {}


async def test_an_unreachable_database_asks_to_try_again(rig: Rig) -> None:
    told = await answered(door(rig, UnavailableError("no")), COMMAND)
    assert "Nothing was stored" in told["text"]


async def test_a_repeated_delivery_does_nothing(rig: Rig) -> None:
    refusing = door(rig, UnavailableError("no"))
    assert await answered(refusing, COMMAND) != {}
    assert await answered(refusing, COMMAND) == {}


def test_an_asker_is_who_the_payload_names() -> None:
    assert COMMAND.asker == CLICK.asker == SUBMISSION.asker == HOME.asker == Asker(TEAM, "U02")
