"""The signed summary: what was decided, and how anybody can check it."""

from __future__ import annotations

from bot.slack.views.summary import summary
from core.domain.promotion import CloseReason, Status, VoteChoice
from tests.bot.slack.makers import ADVISORY, BOB, CAROL, PASSED, logged, packet, promotion, said, view, vote


def test_it_says_what_was_decided_by_whom_and_what_vouches_for_it() -> None:
    words = said(summary(view(promotion(Status.APPROVED, votes=(vote(BOB), vote(CAROL)))), packet(), logged()))
    for expected in (
        "Signed decision: shop-1.4.0 → production",
        "*Allowed*: approved by Bob and Carol",
        "freeze-window-gate passed",
        "sha256:" + "b" * 64,
        "p256-abcdefgh",
        "leaf 4, with the root hash at 9 entries",
        "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
        "countersign verify",
        "openssl dgst -sha256 -verify",
    ):
        assert expected in words


def test_a_denial_says_why() -> None:
    votes = (vote(CAROL, VoteChoice.REJECTED, "not now"),)
    of = promotion(Status.REJECTED, votes=votes, close_comment="not now", gates=(PASSED, ADVISORY))
    words = said(summary(view(of), packet(), logged()))
    assert "*Denied*: rejected by Alice" in words
    assert "> not now" in words
    assert "1 of 2 passed" in words
    expired = promotion(Status.CANCELLED, close_reason=CloseReason.EXPIRED)
    assert "*Not approved*: expired" in said(summary(view(expired), packet(), logged()))


def test_a_deployment_afterwards_changes_nothing_of_the_decision() -> None:
    assert "*Allowed*: approved" in said(
        summary(view(promotion(Status.FAILED, votes=(vote(BOB),))), packet(), logged())
    )
