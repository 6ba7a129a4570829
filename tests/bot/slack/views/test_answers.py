"""Short answers to what somebody has just done."""

from __future__ import annotations

from bot.slack.views import answers
from core.app.asking import Reminded
from core.app.evaluating import GatesPreview
from core.domain.promotion import Status
from tests.bot.slack.makers import BLOCKED, BOB, CAROL, packet, promotion, said, view, vote
from tests.support.clock import MORNING


def test_a_request_says_where_the_card_is() -> None:
    assert "The card in #releases shows" in answers.requested(promotion(), "#releases").text
    assert "The card in <#C01> shows" in answers.requested(promotion(), "C01").text
    assert "card" not in answers.requested(promotion(), "").text
    assert "Requested" in said(answers.requested_modal(promotion(), ""))


def test_a_vote_says_what_is_missing_or_how_it_was_decided() -> None:
    open_one = view(promotion(votes=(vote(BOB),)), given=1)
    assert "You approved *shop-1.4.0* to *production*. *Approvals: 1 of 2*" in answers.done(open_one, "approved").text
    decided = view(promotion(Status.APPROVED, votes=(vote(BOB), vote(CAROL))))
    assert "Decided: approved by Bob and Carol." in answers.done(decided, "approved").text


def test_previews_and_evidence() -> None:
    blocked = answers.previewed("shop", "production", GatesPreview(MORNING, (BLOCKED,), None)).text
    assert "1 of 1 gate would block now" in blocked
    assert "Passes" not in blocked
    assert "*Passes from <!date^" in answers.previewed("s", "p", GatesPreview(MORNING, (BLOCKED,), MORNING)).text
    words = answers.evidence(view(promotion(Status.APPROVED)), packet()).text
    assert "countersign verify FILE" in words
    assert packet().signature in words


def test_a_reminder_says_who_hears_of_it_now_and_who_later() -> None:
    bob, carol = BOB, CAROL
    assert answers.reminded(promotion(), Reminded((bob, carol))).text == (
        "Bob and Carol will be reminded of *shop-1.4.0* to *production*."
    )
    assert answers.reminded(promotion(), Reminded((bob, carol), held=(carol,))).text == (
        "Bob will be reminded of *shop-1.4.0* to *production*. "
        "Carol has quiet hours now: the reminder comes when they are over."
    )
    everybody = answers.reminded(promotion(), Reminded((bob, carol), held=(bob, carol))).text
    assert everybody == (
        "Bob and Carol have quiet hours now: the reminder of *shop-1.4.0* to *production* comes when they are over."
    )
