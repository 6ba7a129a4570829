from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from core.domain.environment import DEFAULT_GATES, Environment, EnvironmentRef, FreezeWindow
from core.errors import InvalidError
from tests.support.clock import MORNING, nth_id

START, END = MORNING, MORNING + timedelta(hours=8)
INSTANT = timedelta(microseconds=1)


def window(**changes: Any) -> FreezeWindow:
    given: dict[str, Any] = {
        "id": nth_id(1),
        "name": "year-end",
        "environment_ids": (nth_id(2),),
        "starts_at": START,
        "ends_at": END,
    }
    return FreezeWindow(**(given | changes))


@pytest.mark.parametrize(
    ("at", "is_active"),
    [
        (START - INSTANT, False),
        (START, True),
        (START + INSTANT, True),
        (END - INSTANT, True),
        (END, False),
        (END + INSTANT, False),
    ],
)
def test_a_freeze_holds_from_its_start_until_just_before_its_end(at: datetime, is_active: bool) -> None:
    assert window().active_at(at) is is_active


def test_a_freeze_written_in_another_time_zone_holds_at_the_same_moments() -> None:
    tokyo = timezone(timedelta(hours=9))
    there = window(starts_at=START.astimezone(tokyo), ends_at=END.astimezone(tokyo))

    assert there.active_at(START)
    assert not there.active_at(END)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "year\u202eend"}, "name"),
        ({"reason": "a\0b"}, "reason"),
        ({"environment_ids": ()}, "environmentIds"),
        ({"ends_at": START}, "endsAt"),
        ({"ends_at": START - INSTANT}, "endsAt"),
        ({"starts_at": START.replace(tzinfo=None)}, "startsAt"),
        ({"ends_at": END.replace(tzinfo=None)}, "endsAt"),
        ({"starts_at": START.replace(tzinfo=None), "ends_at": END.replace(tzinfo=None)}, "startsAt"),
    ],
)
def test_a_freeze_that_makes_no_sense_is_refused_by_the_name_of_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        window(**changes)

    assert caught.value.field == field


def test_an_environment_that_names_no_gates_still_keeps_freezes() -> None:
    assert Environment(nth_id(1), "Production").gates == DEFAULT_GATES == {"freeze-window-gate": {}}


def test_an_environment_cannot_be_its_own_source() -> None:
    with pytest.raises(InvalidError) as caught:
        Environment(nth_id(1), "Production", source_environment_id=nth_id(1))

    assert caught.value.field == "sourceEnvironmentId"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"slack_channel": "#rel\x07"}, "slackChannel"),
        ({"slack_channel": "x" * 101}, "slackChannel"),
    ],
)
def test_an_environment_is_refused_by_the_name_of_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        replace(Environment(nth_id(1), "Production"), **changes)

    assert caught.value.field == field


def test_a_promotion_remembers_an_environment_by_id_and_name() -> None:
    assert Environment(nth_id(1), " Production ").ref == EnvironmentRef(nth_id(1), "Production")


@pytest.mark.parametrize("team", ["T01", "E0ABC", ""])
def test_an_environment_may_name_its_workspace(team: str) -> None:
    assert Environment(nth_id(1), "production", slack_team=team).slack_team == team


@pytest.mark.parametrize("team", ["example", "t01", "T", "T01 ", "U01", "T01\n"])
def test_what_is_no_workspace_is_refused(team: str) -> None:
    with pytest.raises(InvalidError, match="not the id of a Slack workspace") as refused:
        Environment(nth_id(1), "production", slack_team=team)
    assert refused.value.field == "slackTeam"
