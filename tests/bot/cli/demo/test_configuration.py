from __future__ import annotations

from datetime import timedelta

from bot.cli.configuration.reading import read_configuration
from bot.cli.demo.configuration import demo_configuration
from bot.cli.demo.workspace import LOG_CHANNEL, WORKSPACE
from tests.support.clock import MORNING


def test_the_freeze_window_is_ahead() -> None:
    (window,) = read_configuration(demo_configuration(MORNING).encode()).configuration.freeze_windows
    assert timedelta(days=1) < window.starts_at - MORNING < timedelta(days=7)
    assert window.ends_at > window.starts_at


def test_people_and_channels_are_those_of_the_workspace() -> None:
    configuration = read_configuration(demo_configuration(MORNING).encode()).configuration
    users = {person.id: person.email for person in WORKSPACE.people}
    for person in configuration.people:
        (account,) = person.slack
        assert (account.team, users[account.user]) == (WORKSPACE.team_id, person.email)
    channels = {f"#{channel.name}" for channel in WORKSPACE.channels if channel.bot_is_member}
    announced = {environment.slack_channel for environment in configuration.environments}
    assert {*announced, f"#{LOG_CHANNEL}"} == channels


def test_one_in_the_workspace_is_unknown_here() -> None:
    known = {person.email for person in read_configuration(demo_configuration(MORNING).encode()).configuration.people}
    assert {person.email for person in WORKSPACE.people} - known == {"olga@example.com"}
