"""What the requester hears."""

from __future__ import annotations

import pytest

from bot.slack.views.outcome import outcome
from core.domain.promotion import CloseReason, Promotion, Status
from tests.bot.slack.makers import BOB, promotion, said, view, vote

ENDS: list[tuple[Promotion, str]] = [
    (promotion(Status.APPROVED, votes=(vote(BOB, comment="fine"),)), "The release may go"),
    (promotion(Status.REJECTED, close_comment="not now"), "> not now"),
    (promotion(Status.CANCELLED, close_reason=CloseReason.BY_ADMIN), "request it again"),
    (promotion(Status.CANCELLED, close_reason=CloseReason.EXPIRED), "Nobody decided in time"),
    (promotion(Status.CANCELLED, close_reason=CloseReason.SUPERSEDED), "newer release"),
]


@pytest.mark.parametrize(("of", "words"), ENDS, ids=[of.outcome for of, _ in ENDS])
def test_it_says_how_it_ended_and_what_can_be_done(of: Promotion, words: str) -> None:
    shown = outcome(view(of))
    assert words in said(shown)
    assert shown.text == f"Your request, shop-1.4.0 to production: {of.outcome}"
