"""What somebody sees whose approval was for something that has changed."""

from __future__ import annotations

from dataclasses import replace

from bot.slack.views.drifted import changes_words, drifted, newly_drawn
from bot.slack.views.reject_modal import approve_modal
from core.domain.promotion import Status
from core.errors import CardDriftedError
from tests.bot.slack.makers import BLOCKED, EVIL, action_ids, complaints, extreme, pings, promotion, said, view

CHANGE = {"what": "gate", "gateName": "security-gate", "from": "passed: 3 high", "to": "passed: 4 high"}


def error(*changes: dict[str, str]) -> CardDriftedError:
    return CardDriftedError("It has changed", hint="Your approval was not stored.", changes=list(changes))


def test_it_says_what_was_and_what_is_and_offers_to_decide_anew() -> None:
    message = drifted(view(), changes_words(error(CHANGE)))
    words = said(message)
    assert "was: passed: 3 high" in words and "is: *passed: 4 high*" in words
    assert "Your approval was not stored." in words
    assert action_ids(message) == ["promotion.approve", "promotion.reject", "promotion.details"]


def test_where_it_cannot_be_approved_now_it_offers_what_can_be_done() -> None:
    blocked = drifted(view(promotion(gates=(BLOCKED,))), newly_drawn())
    assert action_ids(blocked) == ["promotion.reject", "promotion.details"]
    assert action_ids(drifted(view(promotion(Status.REJECTED)), newly_drawn())) == []


def test_it_stays_within_slacks_limits_and_pings_nobody() -> None:
    changes = [{"what": "gate", "gateName": EVIL, "from": EVIL, "to": EVIL} for _ in range(50)]
    told = changes_words(error(*changes, {"what": "terms", "to": EVIL}))
    open_one = replace(extreme(), promotion=replace(extreme().promotion, status=Status.AWAITING_APPROVAL))
    message = drifted(open_one, told)
    assert complaints(message) == [] and pings(message) == []
    assert complaints(approve_modal(open_one.promotion, told, "x" * 5000)) == []
