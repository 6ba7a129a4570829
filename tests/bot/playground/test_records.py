from __future__ import annotations

import pytest

from bot.playground.hub import Hub
from bot.playground.records import File
from bot.playground.workspace import Workspace
from tests.bot.playground.conftest import HandClock
from tests.bot.playground.kettle import SEED


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(SEED, HandClock(), Hub())


def test_a_stranger_s_address_is_hidden_and_a_leaver_has_no_zone(workspace: Workspace) -> None:
    alice, sam, gone = (workspace.person(one).shape() for one in ("alice", "sam", "gone"))
    assert (alice["profile"]["email"], alice["tz"]) == ("alice@tea.example", "Europe/Amsterdam")
    assert (sam["is_stranger"], "email" in sam["profile"]) == (True, False)
    assert (gone["deleted"], "tz" in gone) == (True, False)


def test_a_direct_message_names_the_other_person(workspace: Workspace) -> None:
    direct = workspace.direct("alice", "bob")
    assert direct.shape("U01", "T1")["user"] == "U02"
    assert direct.shape("U02", "T1")["user"] == "U01"
    assert workspace.conversation("keepers").shape("U02", "T1")["is_group"] is True


@pytest.mark.parametrize(("name", "kind"), [("packet.json", "json"), ("README", "binary"), (".env", "env")])
def test_a_file_s_type_is_its_ending(name: str, kind: str) -> None:
    shape = File("F1", name, "", "U01", 0, b"abc").shape("http://127.0.0.1", "T1")
    assert (shape["filetype"], shape["size"], shape["title"]) == (kind, 3, name)
