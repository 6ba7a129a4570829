"""Does Slack know us, may we do what we need to, and do the channels see us?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.doctor.finding import Finding, failed, ok, skipped, warning
from bot.gateways.slack_channels import SlackChannels, UnknownChannelError
from bot.gateways.slack_client import slack_error
from bot.gateways.slack_scopes import BOT_SCOPES
from bot.settings import Settings

TIMEOUT_SECONDS = 10
SKEW_TOLD = timedelta(seconds=30)
SKEW_FATAL = timedelta(minutes=5)
"""Slack's signatures are refused when they are older or newer than that."""

_UNREACHABLE = (aiohttp.ClientError, asyncio.TimeoutError, OSError)


async def check_slack(settings: Settings, channels: Mapping[str, str], now: datetime) -> AsyncIterator[Finding]:
    """All checks of the workspace of SLACK_BOT_TOKEN; `channels` maps environment names to their channels."""
    if not settings.uses_slack:
        yield skipped("Slack", "no SLACK_BOT_TOKEN: the REST API runs alone")
        return
    yield _entrance(settings)
    token = settings.slack_bot_token.get_secret_value()
    if token:
        fix = "Install the app again and set SLACK_BOT_TOKEN to its Bot User OAuth Token."
        async for finding in check_workspace(settings, Entry("Slack", token, fix), channels, now):
            yield finding


@dataclass(frozen=True, slots=True)
class Entry:
    """The token for a workspace, what to call that workspace, and what to do where the token does not work."""

    called: str
    token: str = field(repr=False)
    fix: str


async def check_workspace(
    settings: Settings, entry: Entry, channels: Mapping[str, str], now: datetime
) -> AsyncIterator[Finding]:
    """Does this workspace let us in, may we do there what we need to, and do the channels see us?"""
    name, base_url = entry.called, settings.slack_api_url.rstrip("/") + "/"
    client = AsyncWebClient(entry.token, base_url=base_url, timeout=TIMEOUT_SECONDS)
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        yield failed(f"{name} token", f"Slack answers {slack_error(error)}", entry.fix)
        return
    except _UNREACHABLE as error:
        fix = "Check the network, the proxy and SLACK_API_URL."
        yield failed(name, f"{settings.slack_api_url} cannot be reached: {type(error).__name__}", fix)
        return
    headers = {each.lower(): str(value) for each, value in answer.headers.items()}
    yield ok(f"{name} token", f"{answer.get('user')} in the workspace {answer.get('team')} ({answer.get('team_id')})")
    yield _scopes(f"{name} scopes", headers.get("x-oauth-scopes"))
    yield _skew(headers.get("date"), now)
    async for finding in _channels(client, channels):
        yield finding


def _entrance(settings: Settings) -> Finding:
    ways = []
    if settings.slack_signing_secret.get_secret_value():
        ways.append("HTTP, with a signing secret")
    if settings.slack_app_token.get_secret_value():
        ways.append("Socket Mode")
    return ok("Slack entrance", " and ".join(ways))


def _scopes(name: str, header: str | None) -> Finding:
    required = frozenset(BOT_SCOPES)
    if header is None:
        return skipped(name, "Slack did not say which scopes the token has")
    granted = {scope.strip() for scope in header.split(",") if scope.strip()}
    if missing := sorted(required - granted):
        fix = "Update the app from manifest.yml (App Manifest), then install it again."
        return failed(name, f"missing: {', '.join(missing)}", fix)
    if beyond := sorted(granted - required):
        fix = "Update the app from manifest.yml, so that a stolen token can do less."
        return warning(name, f"not needed: {', '.join(beyond)}", fix)
    return ok(name, f"{len(required)} of {len(required)} scopes of manifest.yml")


def _skew(date: str | None, now: datetime) -> Finding:
    name = "clock"
    try:
        theirs = parsedate_to_datetime(date or "")
    except ValueError:
        return skipped(name, "Slack did not say what time it is")
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    skew = abs(now - theirs)
    seconds = int(skew.total_seconds())
    fix = "Set this machine's clock by NTP (timedatectl set-ntp true)."
    if skew > SKEW_FATAL:
        return failed(name, f"{seconds} s away from Slack's; its signatures are refused", fix)
    if skew > SKEW_TOLD:
        return warning(name, f"{seconds} s away from Slack's", fix)
    return ok(name, f"within {seconds} s of Slack's")


async def _channels(client: AsyncWebClient, channels: Mapping[str, str]) -> AsyncIterator[Finding]:
    known = SlackChannels(client)
    for environment, channel in channels.items():
        name = f"channel of {environment}"
        if not channel:
            fix = "Set slackChannel, or nobody sees the cards of its promotions."
            yield warning(name, "it has none", fix)
            continue
        try:
            yield await _channel(client, known, name, channel)
        except UnknownChannelError as error:
            yield failed(name, str(error), f"Make it, or invite the bot to it: /invite @bot in {channel}.")
        except SlackApiError as error:
            yield failed(name, f"{channel}: Slack answers {slack_error(error)}", f"Invite the bot to {channel}.")
        except _UNREACHABLE as error:
            yield failed(name, f"Slack cannot be reached: {type(error).__name__}", "Check the network.")


async def _channel(client: AsyncWebClient, known: SlackChannels, name: str, channel: str) -> Finding:
    answer = await client.conversations_info(channel=await known.id_of(channel))
    described: dict[str, Any] = answer.get("channel") or {}
    if described.get("is_archived"):
        return failed(name, f"{channel} is archived", "Unarchive it, or give the environment another channel.")
    if not described.get("is_member"):
        return failed(name, f"the bot is not in {channel}", f"Type /invite @bot in {channel}.")
    return ok(name, f"the bot is in {channel}")
