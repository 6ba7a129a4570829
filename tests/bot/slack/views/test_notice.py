"""The direct message: theirs to do, then how it went on."""

from __future__ import annotations

from bot.slack.views.notice import is_theirs, notice
from core.domain.promotion import CloseReason, Status
from tests.bot.slack.makers import BLOCKED, BOB, CAROL, action_ids, person, promotion, said, view, vote


def test_it_asks_with_the_buttons_of_the_card() -> None:
    shown = notice(view(), BOB)
    assert shown.text == "Your approval is asked for: shop-1.4.0 to production"
    assert action_ids(shown) == ["promotion.more", "promotion.approve", "promotion.reject", "promotion.details"]
    assert "1 of 1 gate passed" in said(shown)


def test_while_a_gate_blocks_it_says_when_approving_works() -> None:
    shown = notice(view(promotion(gates=(BLOCKED,))), BOB)
    assert "promotion.approve" not in action_ids(shown)
    assert "as soon as the gates pass" in said(shown)


def test_after_the_vote_it_says_what_is_missing() -> None:
    shown = notice(view(promotion(votes=(vote(BOB),)), may=(CAROL,), given=1), BOB)
    assert "You approved this. 1 more approval is needed." in said(shown)
    assert action_ids(shown) == ["promotion.details"]


def test_after_the_decision_it_says_how() -> None:
    votes = (vote(BOB), vote(CAROL))
    approved = view(promotion(Status.APPROVED, votes=votes))
    assert "You approved this. Decided: approved by Bob and Carol." in said(notice(approved, BOB))
    assert "Decided: approved by Bob and Carol." in said(notice(approved, person(9)))
    expired = view(promotion(Status.CANCELLED, close_reason=CloseReason.EXPIRED))
    assert "It expired before it was decided." in said(notice(expired, BOB))
    superseded = view(promotion(Status.CANCELLED, close_reason=CloseReason.SUPERSEDED))
    assert "superseded by a newer release" in said(notice(superseded, BOB))


def test_whoever_may_no_longer_approve_has_nothing_to_press() -> None:
    shown = notice(view(may=(CAROL,)), BOB)
    assert "This no longer needs you" in said(shown)
    assert action_ids(shown) == ["promotion.details"]
    assert not is_theirs(view(promotion(Status.PENDING)), BOB)
