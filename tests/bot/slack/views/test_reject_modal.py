"""The modals that ask for words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.slack.ids import DialogId
from bot.slack.views.reject_modal import approve_modal, cancel_modal, reject_modal
from core.domain.promotion import Promotion
from tests.bot.slack.makers import promotion, said

Made = Callable[[Promotion], dict[str, Any]]


@pytest.mark.parametrize(
    ("made", "dialog", "field", "optional"),
    [
        (reject_modal, DialogId.REJECT, "reason", False),
        (approve_modal, DialogId.APPROVE, "comment", True),
        (cancel_modal, DialogId.CANCEL, "reason", True),
    ],
)
def test_they_name_what_and_where_and_carry_the_id(made: Made, dialog: DialogId, field: str, optional: bool) -> None:
    shown = made(promotion())
    assert "*shop-1.4.0* to *production*" in said(shown)
    assert shown["callback_id"] == dialog.value
    assert json.loads(shown["private_metadata"]) == {"promotionId": str(promotion().id)}
    (asked,) = (block for block in shown["blocks"] if block["type"] == "input")
    assert (asked["block_id"], asked.get("optional", False)) == (field, optional)
