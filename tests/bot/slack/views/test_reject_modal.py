"""The modals that ask for words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.slack.ids import DialogId
from bot.slack.views.reject_modal import approve_modal, ask_modal, cancel_modal, reject_modal
from core.domain.promotion import Promotion
from core.domain.seen import seen_digest
from tests.bot.slack.makers import promotion, said

Made = Callable[[Promotion], dict[str, Any]]


@pytest.mark.parametrize(
    ("made", "dialog", "field", "optional"),
    [
        (reject_modal, DialogId.REJECT, "reason", False),
        (approve_modal, DialogId.APPROVE, "comment", True),
        (cancel_modal, DialogId.CANCEL, "reason", True),
        (ask_modal, DialogId.ASK, "question", False),
    ],
)
def test_they_name_what_and_where_and_carry_the_id(made: Made, dialog: DialogId, field: str, optional: bool) -> None:
    shown = made(promotion())
    assert "*shop-1.4.0* to *production*" in said(shown)
    assert shown["callback_id"] == dialog.value
    bound = {"seen": seen_digest(promotion())} if dialog is DialogId.APPROVE else {}
    assert json.loads(shown["private_metadata"]) == {"promotionId": str(promotion().id), **bound}
    (asked,) = (block for block in shown["blocks"] if block["type"] == "input")
    assert (asked["block_id"], asked.get("optional", False)) == (field, optional)


def test_approving_again_shows_what_has_changed_and_keeps_what_was_written() -> None:
    shown = approve_modal(promotion(), "This has changed", "looks good")
    assert shown["blocks"][0]["text"]["text"] == "This has changed"
    assert shown["blocks"][-1]["element"]["initial_value"] == "looks good"
