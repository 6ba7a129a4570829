from __future__ import annotations

import pytest

from bot.playground.hub import Hub
from bot.playground.screens import Screens
from bot.playground.shapes import message_shape, view_shape
from bot.playground.workspace import Workspace
from tests.bot.playground.conftest import HandClock
from tests.bot.playground.kettle import SEED, form


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(SEED, HandClock(), Hub())


def test_a_bot_s_message_says_which_bot(workspace: Workspace) -> None:
    bots = message_shape(workspace, workspace.post("C01", SEED.bot_user_id, "hi"), "")
    person = message_shape(workspace, workspace.post("C01", "U01", "hi"), "")
    assert (bots["bot_id"], bots["app_id"], bots["bot_profile"]["name"]) == (SEED.bot_id, SEED.app_id, "Kettle")
    assert "bot_id" not in person
    assert (person["user"], person["team"]) == ("U01", SEED.team_id)


def test_threads_are_counted_at_their_head(workspace: Workspace) -> None:
    parent = workspace.post("C01", "U01", "parent")
    for user in ("U02", "U03", "U02"):
        reply = workspace.post("C01", user, "reply", thread_ts=parent.ts)
    workspace.post("C01", SEED.bot_user_id, "psst", thread_ts=parent.ts, ephemeral_to="U02")
    head = message_shape(workspace, parent, "")
    assert (head["reply_count"], head["reply_users"], head["latest_reply"]) == (3, ["U02", "U03"], reply.ts)
    assert message_shape(workspace, reply, "")["parent_user_id"] == "U01"


def test_a_reply_outlives_its_parent(workspace: Workspace) -> None:
    parent = workspace.post("C01", "U01", "parent")
    reply = workspace.post("C01", "U02", "reply", thread_ts=parent.ts)
    workspace.remove(parent)
    assert message_shape(workspace, reply, "")["thread_ts"] == parent.ts


def test_a_view_carries_slack_s_fields(workspace: Workspace) -> None:
    view = Screens(workspace).open("U01", form("C01"))
    shape = view_shape(workspace, view)
    assert (shape["callback_id"], shape["private_metadata"], shape["notify_on_close"]) == ("tea.form", "C01", True)
    assert (shape["bot_id"], shape["app_id"], shape["external_id"]) == (SEED.bot_id, SEED.app_id, "")
    assert set(shape["state"]["values"]) == {"kind", "why", "milk"}
