"""Reminders, digests and mentions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.slack.views.calls import channel_reminder, digest, mention, reminder
from core.app.letters import DIGEST_SHOWN, Letter
from core.app.reading import PromotionView
from core.domain.promotion import Status
from tests.bot.slack.makers import (
    BOB,
    CAROL,
    action_ids,
    complaints,
    every_status,
    extreme,
    pings,
    promotion,
    said,
    view,
    vote,
)
from tests.support.clock import nth_id


def letter(*views: PromotionView, waiting: int = 0, unseen: int = 0) -> Letter:
    return Letter("digest:1", (), views, waiting, unseen)


def decided() -> PromotionView:
    return view(promotion(Status.APPROVED, votes=(vote(BOB), vote(CAROL))))


def test_a_reminder_has_the_buttons_until_it_is_over() -> None:
    shown = reminder(view(), BOB)
    assert "Reminder" in shown.text
    assert "promotion.approve" in action_ids(shown)
    assert "promotion.approve" not in action_ids(reminder(decided(), BOB))
    assert "Decided: approved by Bob and Carol" in said(reminder(decided(), BOB))


def test_a_digest_shows_what_waits_first_and_counts_it() -> None:
    waiting = replace(view(), promotion=promotion(id=nth_id(77), release_name="shop-9.9.9"))
    shown = digest(letter(waiting, decided(), waiting=1), BOB)
    assert shown.text == "1 promotion waits for your approval"
    assert said(shown).index("shop-9.9.9") < said(shown).index("shop-1.4.0")
    assert "Nothing here waits for you" in digest(letter(decided()), BOB).text


def test_a_long_digest_says_how_much_more_there_is() -> None:
    shown = digest(letter(*[view()] * DIGEST_SHOWN, waiting=DIGEST_SHOWN + 7, unseen=7), BOB)
    assert "and 7 more" in said(shown)
    assert f"{DIGEST_SHOWN + 7} promotions wait" in shown.text
    assert complaints(shown) == []


def test_a_mention_names_the_user_groups_and_afterwards_how_it_ended() -> None:
    assert "<!subteam^S01> <!subteam^S02>" in said(mention(view(), ["S01", "S02"]))
    assert "subteam" not in said(mention(decided(), []))
    assert "Decided" in said(mention(decided(), []))


def test_the_channels_reminder_says_what_is_missing() -> None:
    assert "2 approvals are missing" in said(channel_reminder(view()))
    assert "Decided" in said(channel_reminder(decided()))


@pytest.mark.parametrize("of", every_status())
def test_every_state_can_be_shown(of: object) -> None:
    seen = view(of)  # type: ignore[arg-type]
    for shown in (
        reminder(seen, BOB),
        digest(letter(seen, waiting=1), BOB),
        mention(seen, ["S01"]),
        channel_reminder(seen),
    ):
        assert complaints(shown) == []


def test_the_extreme_stays_inside_of_slacks_limits_and_pings_nobody() -> None:
    seen = extreme()
    asked = seen.may_still_approve[0]
    many = [f"S{number:08}" for number in range(50)]
    full = letter(*[seen] * DIGEST_SHOWN, waiting=200, unseen=180)
    for shown in (reminder(seen, asked), digest(full, asked), mention(seen, many), channel_reminder(seen)):
        assert complaints(shown) == []
        assert pings(shown) == []
