"""Refusals: why, and what would work."""

from __future__ import annotations

import pytest

from bot.slack.views.refusals import dialog_did_not_open, refusal, refusal_modal, unexpected, unknown_person, usage
from core.errors import (
    AlreadyDecidedError,
    AlreadyVotedError,
    DomainError,
    ForbiddenError,
    GatesBlockedError,
    MembershipUnknownError,
    NotFoundError,
    OutcomeUnknownError,
    PromotionAlreadyOpenError,
    SigningUnavailableError,
    UnavailableError,
    UnknownPersonError,
)
from tests.bot.slack.makers import action_ids, said
from tests.support.clock import nth_id

GATES = [{"gateName": "g", "message": "m", "blocking": True}, {"gateName": "ok", "message": "x", "blocking": False}]
DECIDED = {"status": "approved", "decidedBy": "Bob", "decidedAt": "2026-03-02T09:00:00Z"}

REFUSED: list[tuple[DomainError, str]] = [
    (ForbiddenError("You may not", hint="Ask Bob."), "You may not.\nAsk Bob."),
    (SigningUnavailableError("Nothing was decided", hint="Try again."), "Nothing was decided.\nTry again."),
    (MembershipUnknownError("Slack is away", hint="Try again."), "Slack is away.\nTry again."),
    (ForbiddenError("x", hint="Ask an admin.", missingRole="requester"), "You need the role *requester* for this"),
    (AlreadyVotedError("Bob has already approved"), "already recorded"),
    (AlreadyDecidedError("x", **DECIDED), "It is already approved, by Bob, <!date^1772442000^"),
    (AlreadyDecidedError("x", **DECIDED | {"status": "deploying"}), "It is already approved, by Bob, "),
    (AlreadyDecidedError("x", **DECIDED | {"status": "rejected"}), "It is already rejected, by Bob, "),
    (AlreadyDecidedError("x", **DECIDED, closeReason="expired"), "It expired, <!date"),
    (AlreadyDecidedError("It is decided"), "It is decided."),
    (GatesBlockedError("x", hint="Vote again.", gates=GATES), "*g*: m\nVote again."),
    (UnavailableError("db down"), "Nothing was stored"),
    (OutcomeUnknownError("lost"), "It may be stored all the same: look before you try again."),
    (NotFoundError("x", kind="release", wanted="shp"), "I know no release called *shp*."),
    (NotFoundError("x", kind="release", wanted="shp", suggestions=["shop"]), "Did you mean *shop*?"),
    (NotFoundError("x", kind="release", wanted="shp", suggestions=["shop", "ship"]), "Did you mean *shop* or *ship*?"),
]


@pytest.mark.parametrize(("error", "words"), REFUSED, ids=[f"{n}-{e.code}" for n, (e, _) in enumerate(REFUSED)])
def test_a_refusal_says_why_and_what_would_work(error: DomainError, words: str) -> None:
    assert words in said(refusal(error))
    assert words in said(refusal_modal("Not done", error))


def test_gates_that_do_not_block_are_not_blamed() -> None:
    assert "ok" not in said(refusal(GatesBlockedError("x", gates=GATES)))


def test_an_open_promotion_can_be_looked_at() -> None:
    error = PromotionAlreadyOpenError("It is open", promotionId=str(nth_id(1)))
    assert action_ids(refusal(error)) == ["promotion.details"]


def test_somebody_unknown_learns_which_ids_to_pass_on() -> None:
    words = said(unknown_person(UnknownPersonError("Who are you", hint="Ask an admin."), "T1", "U1"))
    assert "Ask an admin." in words
    assert "`T1`" in words
    assert "`U1`" in words


def test_faults_usage_and_closed_dialogs_say_how_to_go_on() -> None:
    assert "reference `abc`" in said(unexpected("abc"))
    assert "/promote a to b" in said(usage("Which one?", ("/promote a to b",)))
    assert "/promotions show 1" in said(dialog_did_not_open("/promotions show 1"))
