"""The form that asks for a promotion."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.slack.views.request_modal import RequestForm, environment_choice, preview_words, release_choice, request_modal
from core.app.preparing import RequestPreview
from core.domain.environment import Environment
from core.domain.policy import DEFAULT_POLICY
from core.errors import ForbiddenError
from tests.bot.slack.makers import (
    ALICE,
    BLOCKED,
    BOB,
    CAROL,
    EVIL,
    PASSED,
    action_ids,
    complaints,
    extreme,
    pings,
    policy,
    promotion,
    release,
    said,
)
from tests.support.clock import MORNING, nth_id

PRODUCTION = Environment(nth_id(61), "production")


def preview(**changes: Any) -> RequestPreview:
    usual = RequestPreview(
        PRODUCTION,
        (policy(),),
        separation_of_duties=True,
        approvers=(BOB, CAROL),
        release=release(),
        gates=(PASSED, BLOCKED),
        current=release(name="shop-1.3.9"),
        since=MORNING,
    )
    return replace(usual, **changes)


def shown(link: str = "", **changes: Any) -> dict[str, Any]:
    made = preview(**changes)
    return request_modal(RequestForm(made.release, made, link))


def test_it_starts_empty_and_says_what_comes() -> None:
    form = request_modal()
    assert action_ids(form) == ["request.release", "request.environment", "request.reason"]
    assert "Choose both" in said(form)
    assert [block.get("block_id") for block in form["blocks"]][:3] == ["release", "environment", "reason"]


def test_once_chosen_it_shows_gates_policies_approvers_and_what_runs_there() -> None:
    words = said(shown())
    for expected in (
        "1 of 2 gates would block now",
        "*2* from release-managers and sre-team",
        "*Who may approve*: Bob and Carol",
        "whoever asks may not approve",
        "production runs shop-1.3.9 now, since <!date^",
    ):
        assert expected in words
    assert shown()["blocks"][0]["element"]["initial_option"]["value"] == str(release().id)


def test_with_an_environment_alone_it_says_who_approves_and_asks_for_the_release() -> None:
    words = said(shown(release=None, gates=()))
    assert "Bob and Carol" in words
    assert "Choose both" in words
    assert "No gates" not in words


def test_an_open_one_is_linked_and_a_refusal_explained_before_anything_is_sent() -> None:
    words = said(shown("https://example.slack.com/archives/C01/p1", already_open=promotion(requested_by=ALICE)))
    assert "*Already open*: *shop-1.4.0* to *production*, awaiting approval" in words
    assert "<https://example.slack.com/archives/C01/p1|Open its card>" in words
    refused = ForbiddenError("Bob does not have the role requester", hint="Ask an administrator for it.")
    assert "Bob does not have the role requester" in said(shown(refusal=refused))


def test_without_a_policy_the_fallback_is_named_and_gates_alone_need_nobody() -> None:
    words = said(shown(policies=(DEFAULT_POLICY,), gates=()))
    assert "anybody with the role admin and approver" in words
    assert "No gates" in words
    alone = said(shown(policies=(policy(required=0),), approvers=()))
    assert "gates alone decide" in alone
    assert "nobody has to" in alone
    assert "nobody can now" in said(shown(approvers=()))


def test_whatever_there_is_it_stays_within_slack_s_limits() -> None:
    wicked = extreme()
    of = wicked.promotion
    form = shown(
        "https://example.com/" + "a" * 500,
        target=Environment(nth_id(61), of.target.name),
        policies=of.policies,
        approvers=wicked.may_still_approve,
        release=wicked.release,
        gates=of.gates,
        current=wicked.release,
        already_open=of,
        refusal=ForbiddenError(EVIL, hint=EVIL),
    )
    assert complaints(form) == []
    assert pings(form) == []
    assert "and 490 more" in said(form)


def test_long_names_fit_into_a_menu() -> None:
    assert release_choice(release(name="x" * 100)).to_dict()["text"]["text"].endswith("…")
    assert environment_choice(PRODUCTION).to_dict()["value"] == str(PRODUCTION.id)
    assert preview_words((PASSED,)).startswith("*The gates would pass now*")
