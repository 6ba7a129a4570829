"""What somebody has set about being left in peace."""

from __future__ import annotations

from datetime import datetime

from bot.slack.views.answers import answer
from bot.slack.views.message import Message
from bot.slack.views.text import in_line, moment
from core.domain.quiet import Preferences


def peace(preferences: Preferences, now: datetime) -> Message:
    """The quiet hours and the snooze that hold now, and how to end them."""
    snoozed = preferences.snoozed_until
    rows = []
    if snoozed is not None and snoozed > now:
        rows.append(f"Snoozed until {moment(snoozed)}. `/approvals snooze off` ends it.")
    if preferences.quiet:
        zone = in_line(preferences.time_zone)
        rows.append(f"Quiet hours: every day {preferences.quiet} ({zone}). `/approvals quiet off` ends them.")
    if not rows:
        return answer("No quiet hours and no snooze: you hear of a request at once. `/approvals quiet 22:00-07:00`")
    rows.append("What comes meanwhile reaches you as one message afterwards. `/approvals` shows it at any time.")
    return answer("\n".join(rows))
