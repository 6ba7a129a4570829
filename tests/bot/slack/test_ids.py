"""What buttons carry comes back as it was, or not at all."""

from __future__ import annotations

import json

import pytest

from bot.slack.ids import ActionId, Carried, DialogId, ListValue, MenuValue, PageValue, PromotionValue
from core.domain.promotion import Status
from core.errors import InvalidError
from tests.support.clock import nth_id

CARRIED: list[Carried] = [
    PromotionValue(promotion_id=nth_id(1)),
    MenuValue(promotion_id=nth_id(1), action=ActionId.APPROVE_WITH_COMMENT),
    ListValue(page=9999, mine=True, statuses=tuple(Status)),
    PageValue(page=3),
]


@pytest.mark.parametrize("carried", CARRIED, ids=lambda carried: type(carried).__name__)
def test_what_is_carried_comes_back(carried: Carried) -> None:
    assert type(carried).loads(carried.dumps()) == carried


def test_a_menu_entry_fits_into_an_option() -> None:
    longest = max(ActionId, key=lambda each: len(each.value))
    assert len(MenuValue(promotion_id=nth_id(1), action=longest).dumps()) <= 150


def test_a_button_carries_the_id_and_nothing_else() -> None:
    assert json.loads(PromotionValue(promotion_id=nth_id(1)).dumps()) == {"promotionId": str(nth_id(1))}


@pytest.mark.parametrize("text", ["", "x", "{}", "[]", '{"promotionId": 7}', '{"promotionId": "x"}', "null"])
def test_what_is_not_ours_is_refused(text: str) -> None:
    with pytest.raises(InvalidError, match="another version"):
        PromotionValue.loads(text)


def test_names_are_used_once() -> None:
    names = [each.value for kind in (ActionId, DialogId) for each in kind]
    assert len(names) == len(set(names))
    assert all("." in name for name in names)
    assert ActionId.REJECT_REASON.field == "reason"
