"""Quiet hours by slash command, in the zone of the person's Slack profile."""

from __future__ import annotations

import pytest

from tests.bot.slack.conftest import Rig
from tests.bot.slack.test_commands import type_in


async def test_quiet_hours_take_the_zone_from_slack(rig: Rig) -> None:
    rig.slack.change_person("bob", tz="Asia/Kolkata")
    assert "22:00-07:00 (Asia/Kolkata)" in await type_in(rig, "bob", "/approvals", "quiet 22:00-07:00")
    assert "22:00-07:00 (Asia/Kolkata)" in await type_in(rig, "bob", "/approvals", "quiet")
    assert "No quiet hours" in await type_in(rig, "bob", "/approvals", "quiet off")


async def test_hours_are_stored_even_where_slack_does_not_say_the_zone(rig: Rig) -> None:
    rig.slack.rate_limit("users.info", seconds=30, times=5)
    assert "22:00-07:00 (UTC)" in await type_in(rig, "bob", "/approvals", "quiet 22:00-07:00")


async def test_a_snooze_says_until_when(rig: Rig) -> None:
    assert "Snoozed until" in await type_in(rig, "bob", "/approvals", "snooze 2h")
    assert "No quiet hours and no snooze" in await type_in(rig, "bob", "/approvals", "snooze off")


@pytest.mark.parametrize("typed", ["snooze 8d", "snooze 0h"])
async def test_too_long_a_snooze_says_how_long_it_may_be(rig: Rig, typed: str) -> None:
    assert "7 days at most" in await type_in(rig, "bob", "/approvals", typed)
