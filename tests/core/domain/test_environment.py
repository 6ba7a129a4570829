from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.domain.environment import DEFAULT_GATES, Environment, EnvironmentRef, FreezeWindow
from core.domain.recurrence import Recurrence
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


def test_a_freeze_without_components_concerns_all() -> None:
    assert window().concerns("shop")


def test_a_freeze_with_components_concerns_those_alone() -> None:
    some = window(components=("shop", "billing", "shop"))

    assert some.components == ("shop", "billing")
    assert some.concerns("shop")
    assert not some.concerns("search")


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "field"),
    [
        (START, START + timedelta(days=367), "endsAt"),
        (START.replace(year=1601), START.replace(year=1601) + timedelta(hours=1), "startsAt"),
        (START.replace(year=9000), START.replace(year=9000) + timedelta(hours=1), "startsAt"),
    ],
)
def test_what_recurs_has_bounds(starts_at: datetime, ends_at: datetime, field: str) -> None:
    window(starts_at=starts_at, ends_at=ends_at)
    with pytest.raises(InvalidError) as refused:
        window(starts_at=starts_at, ends_at=ends_at, recurrence=Recurrence("FREQ=YEARLY"))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "year\u202eend"}, "name"),
        ({"reason": "a\0b"}, "reason"),
        ({"components": ("",)}, "components"),
        ({"components": tuple(map(str, range(201)))}, "components"),
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
