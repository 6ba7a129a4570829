"""The announcement of a release."""

from __future__ import annotations

from dataclasses import replace

from bot.slack.ids import RequestValue
from bot.slack.views.announcement import announcement
from core.app.announcing import Announcement, Destination
from core.domain.environment import Environment
from core.domain.promotion import Status
from tests.bot.slack.makers import action_ids, complaints, extreme, pings, promotion, release, said
from tests.support.clock import MORNING, nth_id

STAGING, PRODUCTION = Environment(nth_id(60), "staging"), Environment(nth_id(61), "production", nth_id(60))
NEW = Announcement("registered:1:2", release(), STAGING, posted=False, onward=(Destination(STAGING),))
RUNS = Announcement("runs:1", release(), STAGING, True, promotion(Status.DEPLOYED), MORNING, (Destination(PRODUCTION),))


def test_a_new_release_has_a_button_for_its_first_environment() -> None:
    shown = announcement(NEW)
    assert shown.text == "New release: shop-1.4.0"
    assert "Promote to staging" in said(shown)
    assert action_ids(shown) == ["request.open"]
    carried = RequestValue.loads(shown.blocks[1]["accessory"]["value"])
    assert (carried.release_id, carried.environment_id) == (release().id, STAGING.id)


def test_a_deployment_says_since_when_and_offers_each_next_environment() -> None:
    both = replace(RUNS, onward=(Destination(PRODUCTION), Destination(Environment(nth_id(62), "canary", nth_id(60)))))
    shown = announcement(both)
    assert "*shop-1.4.0 is in staging* since <!date^" in said(shown)
    assert action_ids(shown) == ["request.open", "request.open"]


def test_the_button_is_gone_while_it_is_on_its_way_and_when_it_has_arrived() -> None:
    asked = announcement(replace(RUNS, onward=(Destination(PRODUCTION, promotion()),)))
    assert "*production*: awaiting approval, asked for by Alice" in said(asked)
    arrived = Destination(PRODUCTION, promotion(Status.DEPLOYED), MORNING)
    there = announcement(replace(RUNS, onward=(arrived,)))
    assert "in production since <!date^" in said(there)
    assert action_ids(asked) == action_ids(there) == []


def test_what_was_rejected_can_be_asked_for_again() -> None:
    shown = announcement(replace(RUNS, onward=(Destination(PRODUCTION, promotion(Status.REJECTED)),)))
    assert "*production*: rejected" in said(shown)
    assert action_ids(shown) == ["request.open"]


def test_one_that_was_rolled_back_says_so_and_offers_nothing() -> None:
    shown = announcement(replace(RUNS, promotion=promotion(Status.ROLLED_BACK)))
    assert "was rolled back in staging" in said(shown)
    assert action_ids(shown) == []


def test_whatever_there_is_it_stays_within_slack_s_limits() -> None:
    wicked = extreme()
    onward = tuple(
        Destination(Environment(nth_id(500 + n), wicked.promotion.target.name), wicked.promotion if n % 2 else None)
        for n in range(60)
    )
    shown = announcement(replace(RUNS, release=wicked.release, onward=onward))
    assert complaints(shown) == []
    assert pings(shown) == []
    assert "… and 40 more environments" in said(shown)
