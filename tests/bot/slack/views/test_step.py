"""What a workflow's step asks and gives, usual and extreme."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.slack.views.step import AskedStep, decision_outputs, harmless, requested_outputs, step_message
from core.app.steps import StepKind, WorkflowStep
from core.domain.promotion import CloseReason, Promotion, Status, VoteChoice
from tests.bot.slack.makers import (
    ARABIC,
    BOB,
    CAROL,
    EVIL,
    action_ids,
    complaints,
    every_status,
    extreme,
    pings,
    promotion,
    said,
    vote,
)
from tests.support.clock import MORNING, nth_id

HASH = "sha256:" + "b" * 64
STEP = WorkflowStep(nth_id(1), "T01", "Fx1", StepKind.REQUEST, MORNING, reason="Fixes the checkout")


def asked(**changes: Any) -> AskedStep:
    return AskedStep(replace(STEP, **changes), "shop-1.4.0", "production")


def test_the_question_says_what_and_has_two_buttons() -> None:
    shown = step_message(asked())
    assert action_ids(shown) == ["workflow.confirm", "workflow.decline"]
    for words in ("shop-1.4.0", "production", "Fixes the checkout", "in your name"):
        assert words in said(shown)
    assert "shop-1.4.0 to production" in shown.text
    assert complaints(shown) == []


def test_the_whole_reason_is_shown_before_it_is_asked_for() -> None:
    reason = "".join(f"word{number} & <b> " for number in range(580))[:10_000]
    shown = step_message(asked(reason=reason))
    assert complaints(shown) == []
    whole = said(shown).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    assert bare(reason) in bare(whole)


def bare(text: str) -> str:
    """Without blanks and the marks of quotations."""
    return "".join(text.replace(">", "").split())


def test_once_requested_it_leads_to_the_promotion() -> None:
    shown = step_message(replace(asked(promotion_id=nth_id(10)), promotion=promotion()))
    assert action_ids(shown) == ["promotion.details"]
    assert "Requested in your name" in shown.text


def test_a_refusal_says_why_and_can_no_longer_be_answered() -> None:
    shown = step_message(asked(refusal="Somebody was faster."))
    assert action_ids(shown) == []
    assert "Somebody was faster." in said(shown)


@pytest.mark.parametrize("words", [EVIL, ARABIC * 200, "x" * 10_000, "\n\n\n" * 300, "`*_~" * 500])
@pytest.mark.parametrize("refusal", ["", "too"])
def test_no_words_break_it_or_ping_anybody(words: str, refusal: str) -> None:
    step = replace(STEP, reason=words[:10_000], refusal=words if refusal else "")
    for name in (words[:100], ""):
        shown = step_message(AskedStep(step, name, name))
        assert complaints(shown) == []
        assert pings(shown) == []


@pytest.mark.parametrize("of", every_status(), ids=lambda each: each.outcome)
def test_decisions_are_given_as_declared(of: Promotion) -> None:
    if of.is_open:
        return
    given = decision_outputs(of, HASH)
    denied = of.status in {Status.REJECTED, Status.CANCELLED}
    assert given["decision"] == ("deny" if denied else "allow")
    assert given["status"] == of.outcome
    assert given["decided_at"] == int(MORNING.timestamp())
    assert given["evidence_hash"] == HASH


def test_who_decided_and_why() -> None:
    votes = (vote(BOB, comment="looks good"), vote(CAROL))
    approved = decision_outputs(promotion(Status.APPROVED, votes=votes), HASH)
    assert (approved["decided_by"], approved["reason"]) == ("Bob, Carol", "looks good")
    no = (vote(BOB), vote(CAROL, VoteChoice.REJECTED, "not today"))
    rejected = decision_outputs(promotion(Status.REJECTED, votes=no, close_comment="not today"), HASH)
    assert (rejected["decided_by"], rejected["reason"]) == ("Alice", "not today")
    expired = decision_outputs(promotion(Status.CANCELLED, close_reason=CloseReason.EXPIRED, votes=votes), HASH)
    assert (expired["decision"], expired["status"], expired["decided_by"]) == ("deny", "expired", "Alice")


def test_outputs_stay_short_and_ping_nobody_wherever_they_are_put() -> None:
    wicked = replace(extreme().promotion, status=Status.REJECTED, decided_at=MORNING, decided_by=None)
    for outputs in (requested_outputs(wicked, "", "U01"), decision_outputs(wicked, HASH)):
        texts = [value for value in outputs.values() if isinstance(value, str)]
        assert all(len(text) <= 3000 for text in texts)
        assert not any(control in text for text in texts for control in ("<!", "<@", "<#"))


def test_the_request_gives_ids_and_a_link() -> None:
    given = requested_outputs(promotion(), "https://example.slack.com/archives/C01/p1", "U01")
    assert given["promotion_id"] == str(nth_id(10))
    assert given["status"] == "Awaiting approval"
    assert given["card_link"] == "https://example.slack.com/archives/C01/p1"
    assert given["requester"] == "U01"
    assert "requester" not in requested_outputs(promotion(), "", "")


def test_usual_words_stay_as_they_are() -> None:
    assert harmless("a < b && c > d, see https://example.com") == "a < b && c > d, see https://example.com"
    assert "<" not in harmless("<https://evil.example|click> <!date^1^x|y> <@U01>")
