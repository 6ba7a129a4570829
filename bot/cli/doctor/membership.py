"""Approver groups whose members Slack keeps: were they read, is everybody in them known?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.cli.doctor.finding import Finding, failed, ok, warning
from core.app.ports import Store
from core.app.syncing import kept_by_slack
from core.domain.policy import ApproverGroup

_LISTED = 20


def check_usergroups(store: Store, now: datetime, max_age: timedelta) -> Iterator[Finding]:
    """One finding for each group that Slack keeps; nothing where there is none."""
    for group in kept_by_slack(store):
        yield _finding(group, now, max_age)


def _finding(group: ApproverGroup, now: datetime, max_age: timedelta) -> Finding:
    name, reading = f"user group of {group.name}", group.reading
    if reading is None:
        return warning(name, f"{group.slack_usergroup} was not read yet", "Start the server; it reads it at once.")
    if not reading.enabled:
        fix = f"Enable it in Slack, or give {group.name} another slackUsergroup, or members, with `countersign apply`."
        return failed(name, f"{group.slack_usergroup} is disabled, deleted or not to be seen: it approves nothing", fix)
    age = now - reading.at
    if age > max_age:
        minutes = int(age.total_seconds() // 60)
        fix = "Is `serve` running? See the checks of Slack. Until it is read again, votes wait."
        return warning(name, f"{group.slack_usergroup} was read {minutes} min ago", fix)
    if reading.unknown:
        listed = ", ".join(reading.unknown[:_LISTED]) + (" ..." if len(reading.unknown) > _LISTED else "")
        fix = f"Add their accounts (team {reading.team}) to people, or set COUNTERSIGN_SLACK_MATCH_EMAIL=true."
        return warning(name, f"{len(reading.unknown)} of its users are nobody we know: {listed}", fix)
    return ok(name, f"{group.slack_usergroup}: {len(group.member_ids)} members, all known")
