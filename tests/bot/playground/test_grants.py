"""Tokens in the playground: given, rotated, ended."""

from __future__ import annotations

import pytest

from bot.playground.errors import SlackError
from bot.playground.grants import Grants


def test_a_given_token_lets_the_app_in_and_another_does_not() -> None:
    grants = Grants("xoxb-1")
    assert grants.admit("xoxb-1")
    assert not grants.admit("xoxb-2")
    assert not grants.admit("")
    assert not Grants().admit("")


def test_a_token_without_rotation_is_all_there_is() -> None:
    grants = Grants()
    issued = grants.issue()
    assert issued.keys() == {"access_token"}
    assert grants.admit(issued["access_token"])
    with pytest.raises(SlackError, match="invalid_refresh_token"):
        grants.refresh("")


def test_a_refresh_token_gets_the_next_one_once() -> None:
    grants = Grants(lives=43_200)
    first = grants.issue()
    assert grants.holds(first["refresh_token"])
    second = grants.refresh(first["refresh_token"])
    assert second["expires_in"] == 43_200
    assert grants.admit(first["access_token"]), "the old one lives on until its end"
    assert grants.admit(second["access_token"])
    with pytest.raises(SlackError, match="invalid_refresh_token"):
        grants.refresh(first["refresh_token"])


def test_revoking_ends_everything() -> None:
    grants = Grants(lives=60)
    issued = grants.issue()
    grants.revoke()
    assert not grants.admit(issued["access_token"])
    assert not grants.holds(issued["refresh_token"])
