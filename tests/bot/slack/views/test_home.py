"""The App Home."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.slack.views.home import home, home_digest, home_refusal
from bot.slack.views.refusals import unexpected
from core.app.outbox import Errand, OutboxEntry
from core.app.overview import FreezeAhead, Overview, Undelivered
from core.app.pages import Page, PageRequest
from core.calendars.occurrences import Occurrence
from core.domain.environment import FreezeWindow
from core.domain.promotion import Promotion, Status
from core.domain.recurrence import Recurrence
from tests.bot.slack.makers import EVIL, action_ids, complaints, extreme, pings, promotion, said
from tests.support.clock import MORNING, nth_id

FREEZE = FreezeWindow(nth_id(70), "year-end", (nth_id(61),), MORNING, MORNING + timedelta(days=3), "Nobody is in")
TIME = Occurrence(FREEZE.starts_at, FREEZE.ends_at)
FAILED = OutboxEntry("card:1", Errand.CARD, nth_id(1), 1, 3, MORNING, "")


def mine(*items: Promotion, total: int = 0) -> Page[Promotion]:
    return Page(items, PageRequest(1, 10), total or len(items))


def test_it_shows_what_waits_and_what_i_asked_for() -> None:
    shown = home(Overview((promotion(),), mine(promotion(), total=12)))
    assert action_ids(shown)[:3] == ["request.open", "promotion.approve", "promotion.reject"]
    assert "1 waits for you" in said(shown)
    assert "… and 11 older" in said(shown)


def test_with_nothing_to_show_it_still_has_the_button() -> None:
    shown = home(Overview())
    assert action_ids(shown) == ["request.open"]
    assert "Nothing waits for you" in said(shown)
    assert "Freeze" not in said(shown)


def test_it_shows_what_was_decided_lately_and_which_freezes_are_ahead() -> None:
    decided = promotion(Status.REJECTED, release_name="shop-1.3.0")
    shown = said(home(Overview(decided=(decided,), freezes=(FreezeAhead(FREEZE, ("production", "staging"), (TIME,)),))))
    assert "*Decided lately in your environments*" in shown
    assert "*shop-1.3.0* to *production*" in shown
    assert "*year-end* holds production and staging from <!date^" in shown
    assert ": Nobody is in" in shown


def test_a_freeze_that_comes_back_shows_its_next_times() -> None:
    weekly = replace(FREEZE, recurrence=Recurrence("FREQ=WEEKLY"), components=("shop",), source="company")
    shown = said(home(Overview(freezes=(FreezeAhead(weekly, ("production",), (TIME, TIME)),))))
    assert "*year-end* (calendar company) holds production for shop: Nobody is in. Next:" in shown
    assert shown.count("from <!date^") == 2


def test_administrators_see_what_is_not_delivered() -> None:
    shown = said(home(Overview(undelivered=Undelivered(2, ((FAILED, "SlackApiError: channel_not_found"),)))))
    assert "2 deliveries fail" in shown
    assert "card: SlackApiError: channel_not_found" in shown
    assert "fail" not in said(home(Overview(undelivered=Undelivered(0, ()))))


def test_whatever_there_is_it_stays_within_slack_s_limits() -> None:
    wicked = extreme().promotion
    many = tuple(replace(wicked, id=nth_id(2000 + n)) for n in range(200))
    freeze = replace(FREEZE, name=("<!here>" * 20)[:100], reason=EVIL)
    freezes = tuple(FreezeAhead(freeze, ("<@U1>" * 20,) * 50, (TIME,) * 3) for _ in range(100))
    undelivered = Undelivered(999, tuple((FAILED, EVIL) for _ in range(5)))
    shown = home(Overview(many, mine(*many[:10], total=200), many[:10], freezes, undelivered))
    assert complaints(shown) == []
    assert pings(shown) == []
    assert len(shown["blocks"]) <= 100
    assert action_ids(shown).count("promotion.details") >= 35


def test_the_same_has_the_same_digest() -> None:
    assert home_digest(home(Overview())) == home_digest(home(Overview()))
    assert home_digest(home(Overview())) != home_digest(home(Overview(mine=mine(promotion()))))


def test_a_refusal_is_a_home_too() -> None:
    assert complaints(home_refusal(unexpected("abc"))) == []
