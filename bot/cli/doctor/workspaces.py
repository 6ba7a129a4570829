"""The workspaces that have installed the app: can their tokens be opened, and do they let us in?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime

from bot.cli.console import moment
from bot.cli.doctor.finding import Finding, failed, warning
from bot.cli.doctor.slack import Entry, check_workspace
from bot.gateways.sealing import SETTING, Seal, SealError
from bot.gateways.slack_installed import opened
from bot.settings import Settings
from core.app.installations import Installation
from core.domain.environment import Environment

_AGAIN = "Let somebody open `countersign workspaces invite --team {team}`."


def channels_by_workspace(
    environments: Iterable[Environment], installations: Iterable[Installation]
) -> Mapping[str, Mapping[str, str]]:
    """Channels by environment, for each workspace that has installed the app; under "" those of the others."""
    teams = {each.team for each in installations}
    found: dict[str, dict[str, str]] = {team: {} for team in ("", *teams)}
    for environment in environments:
        team = environment.slack_team if environment.slack_team in teams else ""
        found[team][environment.name] = environment.slack_channel
    return found


async def check_installed(
    settings: Settings,
    installations: Iterable[Installation],
    channels: Mapping[str, Mapping[str, str]],
    now: datetime,
) -> AsyncIterator[Finding]:
    """All checks of each workspace that has installed the app."""
    for each in installations:
        name, fix = f"{each.name} ({each.team})", _AGAIN.format(team=each.team)
        if not settings.installs:
            yield failed(name, "has installed the app, and SLACK_CLIENT_ID is not set", "Set what installing takes.")
        elif not each.is_open:
            told = f"does not let us in since {moment(each.closed_at)} ({each.closed_because})"
            yield (failed if channels[each.team] else warning)(name, told, fix)
        else:
            async for finding in _check(settings, each, channels[each.team], now):
                yield finding


async def _check(
    settings: Settings, installation: Installation, channels: Mapping[str, str], now: datetime
) -> AsyncIterator[Finding]:
    name, fix = f"{installation.name} ({installation.team})", _AGAIN.format(team=installation.team)
    seal = Seal(settings.encryption_key.get_secret_value())
    try:
        tokens = opened(seal, installation)
    except SealError as error:
        yield failed(name, error.message, error.hint)
        return
    if not seal.is_newest(installation.sealed):
        yield warning(
            f"{name} key", f"is sealed with an older key of {SETTING}", "Run `countersign workspaces reseal`."
        )
    if installation.expires_at is not None and installation.expires_at <= now:
        renewed = "Start `countersign serve`, which renews it; else the app must be installed again."
        yield failed(f"{name} token", f"ended at {moment(installation.expires_at)}", renewed)
        return
    async for finding in check_workspace(settings, Entry(name, tokens.access, fix), channels, now):
        yield finding
