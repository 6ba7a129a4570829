from __future__ import annotations

from typing import Any

import pytest

from bot.playground.errors import SlackError
from bot.playground.hub import Hub
from bot.playground.screens import Screens
from bot.playground.workspace import Workspace
from tests.bot.playground.conftest import HandClock
from tests.bot.playground.kettle import SEED, mrkdwn, plain


@pytest.fixture
def screens() -> Screens:
    return Screens(Workspace(SEED, HandClock(), Hub()))


def modal(title: str, **more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain(title), "blocks": [{"type": "section", "text": mrkdwn("x")}], **more}


def titles(screens: Screens) -> list[str]:
    return [one.content["title"]["text"] for one in screens.modals("U01")]


def test_everybody_has_a_stack_of_their_own(screens: Screens) -> None:
    screens.open("U01", modal("alice"))
    screens.open("U02", modal("bob"))
    screens.push("U01", modal("more"))
    assert titles(screens) == ["alice", "more"]
    screens.open("U01", modal("afresh"))
    assert titles(screens) == ["afresh"]


def test_closing_takes_the_top_or_all(screens: Screens) -> None:
    first = screens.open("U01", modal("1"))
    screens.push("U01", modal("2"))
    screens.push("U01", modal("3"))
    assert [one.content["title"]["text"] for one in screens.close("U01")] == ["3"]
    screens.drop(first)
    assert titles(screens) == ["2"]
    screens.push("U01", modal("3"))
    assert [one.content["title"]["text"] for one in screens.close("U01", everything=True)] == ["3", "2"]
    assert screens.modals("U01") == []


def test_a_modal_does_not_become_a_home(screens: Screens) -> None:
    home = screens.publish("U01", {"type": "home", "blocks": []})
    with pytest.raises(SlackError, match="invalid_arguments"):
        screens.update(home.id, "", modal("no"))


def test_views_are_found_by_either_id_and_never_by_none(screens: Screens) -> None:
    view = screens.open("U01", modal("1", external_id="mine"))
    assert screens.find(view.id) is screens.find("", "mine") is view
    with pytest.raises(SlackError, match="not_found"):
        screens.find("", "")
