from __future__ import annotations

import pytest

from bot.playground.errors import SlackError
from bot.playground.hub import Hub
from bot.playground.seed import PersonSeed
from bot.playground.workspace import Workspace
from tests.bot.playground.conftest import HandClock
from tests.bot.playground.kettle import SEED


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(SEED, HandClock(1_760_000_000.0), Hub())


def test_time_stamps_differ_even_when_the_clock_stands_still(workspace: Workspace) -> None:
    stamps = [workspace.new_ts() for _ in range(1000)]
    assert len(set(stamps)) == 1000
    assert stamps == sorted(stamps)
    assert stamps[0] == "1760000000.000000"


def test_a_channel_without_members_has_everybody_but_strangers_and_leavers(workspace: Workspace) -> None:
    assert workspace.conversation("#random").members == {"U01", "U02", "U03", "U04"}


def test_people_and_places_go_by_id_or_name(workspace: Workspace) -> None:
    assert workspace.person("@bob") is workspace.person("U02") is workspace.person("bob")
    assert workspace.conversation("#kitchen") is workspace.conversation("C01") is workspace.conversation("kitchen")
    with pytest.raises(SlackError, match="channel_not_found"):
        workspace.conversation("")


def test_a_direct_message_is_opened_once(workspace: Workspace) -> None:
    assert workspace.direct("alice", "bob") is workspace.direct("U02", "U01")
    assert workspace.direct("alice", "bob", "carol").is_mpim


def test_a_deactivated_person_leaves_the_channels(workspace: Workspace) -> None:
    workspace.alter_person("carol", deleted=True)
    assert "U03" not in workspace.conversation("kitchen").members
    assert "email" in workspace.person("carol").shape()["profile"]
    assert "is_restricted" not in workspace.person("carol").shape()


def test_a_newcomer_joins_public_channels_and_a_guest_none(workspace: Workspace) -> None:
    workspace.welcome(PersonSeed("U10", "new", "Nell New"))
    workspace.welcome(PersonSeed("U11", "guest", "Gus Guest", is_restricted=True))
    assert "U10" in workspace.conversation("random").members
    assert "U10" not in workspace.conversation("keepers").members
    assert "U11" not in workspace.conversation("random").members


def test_own_words_are_read_and_those_of_others_are_not(workspace: Workspace) -> None:
    workspace.post("C01", "U01", "hello")
    workspace.post("C01", "U02", "for carol", ephemeral_to="U03")
    assert [one.text for one in workspace.unread("U02", "C01")] == ["hello"]
    assert [one.text for one in workspace.unread("U01", "C01")] == []
    assert [one.text for one in workspace.unread("U03", "C01")] == ["hello", "for carol"]
    workspace.mark_read("U03", "C01")
    assert workspace.unread("U03", "C01") == []
