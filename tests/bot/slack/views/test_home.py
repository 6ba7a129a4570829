"""The App Home."""

from __future__ import annotations

from bot.slack.views.home import home, home_refusal
from bot.slack.views.refusals import unexpected
from core.app.pages import Page, PageRequest
from core.domain.promotion import Promotion
from tests.bot.slack.makers import action_ids, complaints, promotion, said

NONE: Page[Promotion] = Page((), PageRequest(1, 10), 0)


def test_it_shows_what_waits_and_what_i_asked_for() -> None:
    shown = home((promotion(),), Page((promotion(),), PageRequest(1, 10), 12))
    assert action_ids(shown)[:3] == ["request.open", "promotion.approve", "promotion.reject"]
    assert "1 waits for you" in said(shown)
    assert "… and 11 older" in said(shown)


def test_with_nothing_to_show_it_still_has_the_button() -> None:
    shown = home((), NONE)
    assert action_ids(shown) == ["request.open"]
    assert "Nothing waits for you" in said(shown)


def test_a_refusal_is_a_home_too() -> None:
    assert complaints(home_refusal(unexpected("abc"))) == []
