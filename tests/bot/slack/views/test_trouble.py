"""What administrators are told of channels."""

from __future__ import annotations

import pytest

from bot.slack.views.trouble import solved, trouble
from tests.bot.slack.makers import complaints, pings, said

EVIL = ("<!channel>&" * 20)[:100]


@pytest.mark.parametrize("problem", ["is_archived", "not_in_channel", "channel_not_found", "restricted_action", "new"])
def test_it_says_what_is_wrong_and_what_to_do(problem: str) -> None:
    shown = trouble("Production", "#releases", problem)
    assert "Production" in shown.text
    assert "#releases" in said(shown)
    assert "Deciding goes on" in said(shown)
    assert complaints(shown) == []


def test_it_says_when_it_works_again() -> None:
    assert "works again" in solved("Production", "C01ABCDEF").text
    assert "<#C01ABCDEF>" in said(solved("Production", "C01ABCDEF"))


def test_names_ping_nobody() -> None:
    for shown in (trouble(EVIL, "#x", "is_archived"), solved(EVIL, "#x")):
        assert complaints(shown) == []
        assert pings(shown) == []
