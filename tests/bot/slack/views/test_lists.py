"""Lists, a page at a time."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.slack.ids import ListValue
from bot.slack.views.lists import LIST_SIZE, approvals_list, promotions_list
from core.app.pages import Page, PageRequest
from core.domain.gate_result import GateResult
from core.domain.promotion import Promotion, Status
from tests.bot.slack.makers import BLOCKED, action_ids, promotion, said


def page(total: int, number: int = 1) -> Page[Promotion]:
    left = min(LIST_SIZE, total - (number - 1) * LIST_SIZE)
    return Page((promotion(),) * left, PageRequest(number, LIST_SIZE), total)


def turning(total: int, number: int) -> list[str]:
    shown = promotions_list(page(total, number), ListValue(page=number))
    return [each for each in action_ids(shown) if each.startswith("promotions.")]


def test_there_is_a_way_on_and_a_way_back() -> None:
    assert [turning(30, number) for number in (1, 2, 4)] == [
        ["promotions.older"],
        ["promotions.newer", "promotions.older"],
        ["promotions.newer"],
    ]
    assert turning(LIST_SIZE, 1) == []


def test_the_next_page_keeps_what_was_asked_for() -> None:
    asked = ListValue(page=1, mine=True, statuses=(Status.REJECTED,))
    button = promotions_list(page(30), asked).blocks[-1]["elements"][0]
    assert json.loads(button["value"]) == {"page": 2, "mine": True, "statuses": ["rejected"]}


def test_a_list_names_who_asked_unless_all_are_of_one_person() -> None:
    assert "asked by Alice" in said(promotions_list(page(1), ListValue()))
    assert "asked by Alice" not in said(promotions_list(page(1), ListValue(mine=True)))


def test_the_heading_says_what_is_listed() -> None:
    assert "*30 promotions, 9 to 16*" in said(promotions_list(page(30, 2), ListValue(page=2)))
    endless = replace(page(30), exact=False)
    assert "*More than 30 promotions, 1 to 8*" in said(promotions_list(endless, ListValue()))
    both = ListValue(mine=True, statuses=(Status.PENDING, Status.AWAITING_APPROVAL))
    assert "*1 promotion of yours (pending or awaiting approval)*" in said(promotions_list(page(1), both))
    assert "/promote" in said(promotions_list(page(0), ListValue()))


def test_what_waits_has_its_buttons_and_a_way_on() -> None:
    shown = approvals_list((promotion(),) * 7)
    assert action_ids(shown).count("promotion.approve") == 5
    assert "Show 2 more" in said(shown)
    assert action_ids(approvals_list((promotion(),) * 7, page=2)).count("promotion.approve") == 2
    assert "Nothing waits for you" in said(approvals_list(()))
    assert "promotion.approve" not in action_ids(approvals_list((promotion(gates=(BLOCKED,)),)))


def test_what_waits_says_how_risky_it_is() -> None:
    scanned = GateResult("security-gate", True, False, "ok", {"criticalCount": 0, "highCount": 2, "maxHigh": 5})
    assert "*Risk*: 0 critical, 2 high (allowed 5)" in said(approvals_list((promotion(gates=(scanned,)),)))
    assert "Risk" not in said(approvals_list((promotion(gates=()),)))
