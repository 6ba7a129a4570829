"""The form that asks for a promotion."""

from __future__ import annotations

from bot.slack.views.request_modal import Preview, environment_choice, preview_words, release_choice, request_modal
from core.app.reading import EnvironmentView
from core.domain.environment import Environment
from tests.bot.slack.makers import BLOCKED, PASSED, action_ids, policy, release, said
from tests.support.clock import nth_id

PRODUCTION = Environment(nth_id(61), "production")


def test_it_starts_empty_and_says_what_comes() -> None:
    shown = request_modal()
    assert action_ids(shown) == ["request.release", "request.environment", "request.reason"]
    assert "Choose both" in said(shown)
    assert [block.get("block_id") for block in shown["blocks"]][:3] == ["release", "environment", "reason"]


def test_once_chosen_it_shows_gates_policies_and_what_runs_there() -> None:
    target = EnvironmentView(PRODUCTION, release(name="shop-1.3.9"), (), (policy(),))
    shown = request_modal(release(), PRODUCTION, Preview((PASSED, BLOCKED), target))
    words = said(shown)
    for expected in (
        "1 of 2 gates would block now",
        "*2* from release-managers and sre-team",
        "Last deployed to production: shop-1.3.9",
    ):
        assert expected in words
    assert shown["blocks"][0]["element"]["initial_option"]["value"] == str(release().id)


def test_without_a_policy_the_fallback_is_named() -> None:
    words = said(request_modal(release(), PRODUCTION, Preview((), EnvironmentView(PRODUCTION, None, (), ()))))
    assert "anybody with the role admin and approver" in words
    assert "No gates" in words


def test_long_names_fit_into_a_menu() -> None:
    assert release_choice(release(name="x" * 100)).to_dict()["text"]["text"].endswith("…")
    assert environment_choice(PRODUCTION).to_dict()["value"] == str(PRODUCTION.id)
    assert preview_words((PASSED,)).startswith("*The gates would pass now*")
