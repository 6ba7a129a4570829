"""What somebody has set about being left in peace."""

from __future__ import annotations

from datetime import time, timedelta

from bot.slack.views.peace import peace
from core.domain.quiet import Preferences, QuietHours
from tests.bot.slack.makers import BOB, complaints, said
from tests.support.clock import MORNING

HOURS = QuietHours(time(22), time(7))


def test_it_shows_what_holds_and_how_to_end_it() -> None:
    both = Preferences(BOB.id, "Europe/Berlin", HOURS, MORNING + timedelta(hours=1))
    shown = peace(both, MORNING)
    assert "22:00-07:00 (Europe/Berlin)" in said(shown)
    assert "snooze off" in said(shown)
    assert "quiet off" in said(shown)
    assert complaints(shown) == []


def test_a_snooze_that_is_over_is_not_shown() -> None:
    assert "No quiet hours" in said(peace(Preferences(BOB.id, snoozed_until=MORNING), MORNING))
