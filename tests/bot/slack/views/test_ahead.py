"""What the card says of time: forecasts, deferrals, lifted freezes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.slack.views.ahead import lift_modal, outlook_words
from bot.slack.views.card import card
from core.domain.exemption import FreezeExemption
from core.domain.gate_result import GateResult
from core.domain.outlook import Outlook
from core.domain.people import ActorKind, ActorRef
from core.domain.promotion import Promotion, Status
from tests.bot.slack.makers import EVIL, action_ids, complaints, pings, promotion, said, view
from tests.support.clock import MORNING, nth_id

MONDAY = MORNING + timedelta(days=7)
FROZEN = GateResult("freeze-window-gate", False, True, "Freeze window weekends is active until Monday", {})


def waiting(**changes: Any) -> Promotion:
    given: dict[str, Any] = {"gates": (FROZEN,), "outlook": Outlook(MONDAY, MONDAY), "expires_at": None} | changes
    return replace(promotion(Status.PENDING), **given)


def test_a_blocked_card_says_when_it_passes_in_the_readers_zone_and_offers_to_ask_then() -> None:
    shown = card(view(waiting()))
    assert f"*Passes from <!date^{int(MONDAY.timestamp())}^" in said(shown.blocks)
    assert "|Monday 2026-03-09 09:00 UTC>" in said(shown.blocks)
    assert "promotion.defer" in action_ids(shown.blocks)
    assert complaints(shown) == []


def test_it_warns_where_the_request_would_expire_before() -> None:
    assert "request expires before that" in outlook_words(waiting(expires_at=MORNING + timedelta(hours=1)))
    assert "expires before" not in outlook_words(waiting(expires_at=MONDAY + timedelta(hours=1)))


def test_once_it_is_put_off_there_is_no_button_any_more() -> None:
    deferred = waiting(deferred_until=MONDAY)
    assert "Approvers are asked then, and have their full time" in outlook_words(deferred)
    assert "promotion.defer" not in action_ids(card(view(deferred)).blocks)


def test_what_time_does_not_mend_is_not_forecast() -> None:
    assert outlook_words(waiting(outlook=Outlook())) == ""
    assert "promotion.defer" not in action_ids(card(view(waiting(outlook=Outlook()))).blocks)


def test_a_promotion_that_awaits_approval_says_so_without_a_button() -> None:
    frozen = replace(promotion(Status.AWAITING_APPROVAL), gates=(FROZEN,), outlook=Outlook(MONDAY, MONDAY))
    assert "*Passes from" in outlook_words(frozen)
    assert "promotion.defer" not in action_ids(card(view(frozen)).blocks)


def test_the_menu_lifts_a_freeze_only_where_one_holds() -> None:
    assert "promotion.lift_freeze" in str(card(view(waiting())).blocks)
    assert "promotion.lift_freeze" not in str(card(view(waiting(gates=()))).blocks)


def test_a_lifted_freeze_stands_on_the_card_and_pings_nobody() -> None:
    by = ActorRef(ActorKind.PERSON, nth_id(9), EVIL[:90])
    lifted = waiting(exemption=FreezeExemption(by, EVIL[:1900], MORNING, MONDAY), outlook=Outlook())
    shown = card(view(lifted))
    assert ":rotating_light: *Freeze lifted* by" in said(shown.blocks)
    assert pings(shown) == []
    assert complaints(shown) == []


def test_the_modal_asks_for_a_reason_and_an_end() -> None:
    shown = lift_modal(waiting(), MORNING)
    assert complaints(shown) == []
    assert "no other gate" in said(shown)
    assert [block["block_id"] for block in shown["blocks"] if block["type"] == "input"] == ["reason", "until"]


def test_what_is_decided_says_nothing_of_time() -> None:
    assert outlook_words(replace(promotion(Status.APPROVED), outlook=Outlook(MONDAY, MONDAY))) == ""
