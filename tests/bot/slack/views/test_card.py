"""The card in each state: what it says, and the buttons that work then."""

from __future__ import annotations

import json

from bot.slack.ids import MenuValue
from bot.slack.views.card import card
from bot.slack.views.message import Message
from core.app.changing import Changed
from core.domain.gate_result import GateResult
from core.domain.promotion import CloseReason, Promotion, Status, VoteChoice
from core.domain.seen import GateChange, seen_digest
from tests.bot.slack.makers import (
    ADVISORY,
    BLOCKED,
    BOB,
    CAROL,
    PASSED,
    action_ids,
    person,
    policy,
    promotion,
    said,
    view,
    vote,
)
from tests.support.clock import MORNING

OPEN = ["promotion.more", "promotion.approve", "promotion.reject", "promotion.details"]
BLOCKED_ONE = ["promotion.more", "promotion.reject", "promotion.details"]


def entries(message: Message) -> list[str]:
    return [option["text"]["text"] for option in message.blocks[1]["accessory"]["options"]]


def shown(of: Promotion) -> str:
    return said(card(view(of)))


def test_an_open_one_says_what_where_why_who_and_until_when() -> None:
    words = shown(promotion())
    for expected in (
        "shop-1.4.0 → production",
        "*Awaiting approval*",
        "Open until <!date^",
        "*Requested by* Alice",
        "*From* staging",
        "> Fixes the checkout",
        "*Approvals: 0 of 2*, from release-managers and sre-team",
        "*May still approve*: Bob and Carol",
        "Separation of duties: Alice may not approve",
    ):
        assert expected in words
    assert action_ids(card(view())) == OPEN


def test_each_gate_says_whether_it_passed_blocks_or_only_advises() -> None:
    words = shown(promotion(Status.PENDING, gates=(PASSED, ADVISORY, BLOCKED)))
    assert "*Blocked by security-gate*" in words
    assert "Goes on by itself as soon as the gates pass" in words
    assert "*security-gate* blocks: 3 critical vulnerabilities exceed threshold (max: 0)" in words
    assert "*freeze-window-gate* passed: No active freeze window" in words
    assert "*sequence-gate* advises against it" in words
    assert words.index("security-gate* blocks") < words.index("sequence-gate* advises") < words.index("gate* passed")


def test_approving_is_offered_only_while_it_works() -> None:
    assert action_ids(card(view(promotion(Status.PENDING, gates=(BLOCKED,))))) == BLOCKED_ONE
    assert action_ids(card(view(promotion(gates=(BLOCKED,))))) == BLOCKED_ONE
    assert action_ids(card(view(promotion(Status.PENDING, gates=())))) == BLOCKED_ONE


def test_after_the_decision_there_is_nothing_to_press_but_details_and_evidence() -> None:
    for status in (Status.APPROVED, Status.REJECTED, Status.CANCELLED, Status.DEPLOYED, Status.FAILED):
        shown_card = card(view(promotion(status)))
        assert action_ids(shown_card) == ["promotion.more", "promotion.details"]
        assert entries(shown_card) == ["Evidence"]


def test_the_menu_offers_what_works_now() -> None:
    waiting = ["Approve with a comment…", "Ask a question…", "Remind the approvers", "Cancel the request…"]
    assert entries(card(view())) == waiting
    assert entries(card(view(promotion(Status.PENDING, gates=(BLOCKED,))))) == [waiting[1], waiting[3]]


def test_what_the_buttons_carry_fits_into_slacks_150_characters_for_an_entry() -> None:
    options = card(view()).blocks[1]["accessory"]["options"]
    assert all(len(option["value"]) <= 150 for option in options)
    seen = MenuValue.loads(options[0]["value"]).seen
    assert len(seen) == 32 and seen_digest(promotion()).startswith(f"sha256:{seen}")


def test_buttons_carry_the_id_and_approving_what_was_seen_and_approving_asks_what_and_where() -> None:
    actions = next(block for block in card(view()).blocks if block["type"] == "actions")
    approve = actions["elements"][0]
    assert json.loads(approve["value"]) == {"promotionId": str(promotion().id), "seen": seen_digest(promotion())}
    assert json.loads(actions["elements"][1]["value"]) == {"promotionId": str(promotion().id)}
    assert "shop-1.4.0 may go to production" in approve["confirm"]["text"]["text"]
    assert approve["accessibility_label"] == "Approve shop-1.4.0 for production"


def test_votes_stand_with_their_comments() -> None:
    words = said(card(view(promotion(votes=(vote(BOB, comment="looks good"),)), may=(CAROL,), given=1)))
    assert "Bob approved" in words
    assert "“looks good”" in words
    assert "*Approvals: 1 of 2*" in words
    assert "*May still approve*: Carol" in words


def test_several_policies_are_counted_one_by_one() -> None:
    policies = (policy("managers", 1, "release-managers"), policy("safety", 2, "sre-team"), policy("none", 0, "x"))
    words = said(card(view(promotion(policies=policies), given=1)))
    assert "*Approvals: 2 of 3*" in words
    assert "• managers: 1 of 1, complete" in words
    assert "• safety: 1 of 2, from sre-team" in words
    assert "• none: asks for nobody" in words


def test_many_approvers_are_counted_and_none_is_said() -> None:
    many = tuple(person(number) for number in range(100, 120))
    assert "Person 107 and 12 more" in said(card(view(may=many)))
    assert "Nobody can approve this now" in said(card(view(may=())))


def test_how_it_ended() -> None:
    votes = (vote(BOB), vote(CAROL))
    assert "*Approved* by Bob and Carol, <!date" in shown(promotion(Status.APPROVED, votes=votes))
    assert "*Approved* by its gates alone" in shown(promotion(Status.APPROVED))
    rejected = promotion(Status.REJECTED, votes=(vote(CAROL, VoteChoice.REJECTED, "no"),), close_comment="no")
    assert "> no" in shown(rejected)
    assert "*Expired*, <!date" in shown(promotion(Status.CANCELLED, close_reason=CloseReason.EXPIRED))
    assert "*Superseded*" in shown(promotion(Status.CANCELLED, close_reason=CloseReason.SUPERSEDED))
    assert "*Cancelled* by Alice" in shown(promotion(Status.CANCELLED, close_reason=CloseReason.BY_REQUESTER))


def test_a_deployment_has_its_link_and_its_words() -> None:
    of = promotion(Status.FAILED, external_url="https://ci.example/7?a=1&b=2", deployment_message="step 3")
    words = shown(of)
    assert "*Deployment failed*" in words
    assert "<https://ci.example/7?a=1&amp;b=2|Open the deployment>\nstep 3" in words


def test_what_changed_is_said_while_it_is_open_so_nobody_has_to_compare() -> None:
    changes = tuple(GateChange(f"gate-{number}", "not checked", f"passed: <ok> {number}") for number in range(6))
    changed = Changed(MORNING, changes)

    words = said(card(view(promotion()), changed))

    assert "*gate-0* passed: &lt;ok&gt; 0; " in words
    assert "*gate-3* passed" in words
    assert "*gate-4*" not in words
    assert "and 2 more" in words
    closed = promotion(status=Status.APPROVED, decided_at=MORNING)
    assert "Changed" not in said(card(view(closed), changed))


def test_the_checklist_is_offered_where_there_is_one_and_only_while_it_is_open() -> None:
    listed = GateResult("manual-gate", False, True, "0 of 1 ticked", {"items": []})

    assert "promotion.checklist" in action_ids(card(view(promotion(gates=(listed,)))).blocks)
    assert "promotion.checklist" not in action_ids(card(view(promotion(gates=(PASSED,)))).blocks)
    closed = promotion(gates=(listed,), status=Status.REJECTED, decided_at=MORNING)
    assert "promotion.checklist" not in action_ids(card(view(closed)).blocks)
