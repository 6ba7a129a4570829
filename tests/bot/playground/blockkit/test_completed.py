from __future__ import annotations

from typing import Any

from bot.playground.blockkit import completed, walk_elements
from tests.bot.playground.kettle import card, mrkdwn, plain


def test_slack_adds_ids_and_defaults_and_leaves_the_app_s_own_blocks_alone() -> None:
    ids = iter(f"new{n}" for n in range(9))
    own: list[dict[str, Any]] = [
        {"type": "section", "text": mrkdwn("x"), "accessory": {"type": "button", "text": plain("b")}},
        {"type": "divider", "block_id": "mine"},
    ]
    section, divider = completed(own, lambda: next(ids))
    assert section["block_id"] == "new0"
    assert section["accessory"]["action_id"] == "new1"
    assert section["text"] == {"type": "mrkdwn", "text": "x", "verbatim": False}
    assert section["accessory"]["text"]["emoji"] is True
    assert divider["block_id"] == "mine"
    assert "block_id" not in own[0]


def test_elements_are_found_wherever_they_may_stand() -> None:
    ids = [element["action_id"] for _, element in walk_elements(card("Assam", "U01", "x", is_open=True))]
    assert ids == ["tea.boil", "tea.pour", "tea.more"]
