from __future__ import annotations

from datetime import timedelta

from bot.cli.configuration.reading import read_configuration
from bot.cli.demo.configuration import TEAM, demo_configuration
from bot.cli.demo.workspace import LOG_CHANNEL, SECOND_WORKSPACE, WORKSPACE
from tests.support.clock import MORNING


def test_the_freeze_window_is_ahead() -> None:
    window, cart = read_configuration(demo_configuration(MORNING).encode()).configuration.freeze_windows
    assert cart.starts_at < MORNING < cart.ends_at
    assert cart.components == ["cart"]
    assert timedelta(days=1) < window.starts_at - MORNING < timedelta(days=7)
    assert window.ends_at > window.starts_at


def test_people_and_channels_are_those_of_the_workspace() -> None:
    configuration = read_configuration(demo_configuration(MORNING).encode()).configuration
    workspaces = (WORKSPACE, SECOND_WORKSPACE)
    emails = {(each.team_id, person.id): person.email for each in workspaces for person in each.people}
    for person in configuration.people:
        assert {emails[account.team, account.user] for account in person.slack} == {person.email}
    for workspace in workspaces:
        channels = {f"#{channel.name}" for channel in workspace.channels if channel.bot_is_member}
        named = [each for each in configuration.environments if (each.slack_team or TEAM) == workspace.team_id]
        assert {environment.slack_channel for environment in named} == channels - {f"#{LOG_CHANNEL}"}


def test_somebody_has_accounts_in_both_workspaces() -> None:
    configuration = read_configuration(demo_configuration(MORNING).encode()).configuration
    assert [person.email for person in configuration.people if len(person.slack) > 1] == ["bob@example.com"]


def test_the_user_group_is_one_of_the_workspace_with_people_who_may_vote() -> None:
    configuration = read_configuration(demo_configuration(MORNING).encode()).configuration
    (named,) = filter(None, (group.slack_usergroup for group in configuration.approver_groups))
    (usergroup,) = WORKSPACE.usergroups
    assert usergroup.id == named
    people = {person.id: person for person in WORKSPACE.people}
    assert not any(people[user].is_restricted or people[user].is_stranger for user in usergroup.members)


def test_guests_and_a_stranger_are_there_to_be_refused() -> None:
    kinds = {(one.is_restricted, one.is_ultra_restricted, one.is_stranger) for one in WORKSPACE.people}
    assert {(True, False, False), (True, True, False), (False, False, True)} <= kinds


def test_one_in_the_workspace_is_unknown_here() -> None:
    known = {person.email for person in read_configuration(demo_configuration(MORNING).encode()).configuration.people}
    assert {person.email for person in WORKSPACE.people} - known == {"olga@example.com"}
