"""What `doctor` says of each workspace that has installed the app."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.cli.doctor.workspaces import channels_by_workspace, check_installed
from bot.gateways.sealing import Seal, new_key
from bot.gateways.slack_installed import sealed
from bot.gateways.slack_oauth import Tokens
from bot.gateways.slack_scopes import BOT_SCOPES
from bot.playground import ChannelSeed, PersonSeed, Playground, WorkspaceSeed, serve
from bot.settings import Settings, load_settings
from core.app.installations import Installation
from core.domain.environment import Environment
from tests.support.clock import MORNING, nth_id

KEY, OTHER = new_key(), new_key()
NOW = datetime.now(UTC)
HERE = Environment(nth_id(1), "production", slack_channel="#releases")
THERE = Environment(nth_id(2), "production-eu", slack_channel="#releases-eu", slack_team="T02")
LOST = Environment(nth_id(3), "production-us", slack_channel="#releases-us", slack_team="T03")
ONE = Installation(nth_id(4), "T02", "EU", "", "U0", (), sealed(Seal(KEY), "T02", Tokens("xoxb-2")), MORNING)


@pytest.fixture
async def api_url() -> AsyncIterator[str]:
    channels = (ChannelSeed("C02", "releases-eu"),)
    seed = WorkspaceSeed((PersonSeed("U1", "bob", "Bob"),), channels, team_id="T02", scopes=BOT_SCOPES)
    async with serve(Playground(seed, bot_url="", signing_secret="s", bot_token="xoxb-2")) as ground:
        yield ground.api_url


def settings(api_url: str, key: str = KEY) -> Settings:
    return load_settings(
        slack_api_url=api_url,
        slack_client_id="1.2",
        slack_client_secret="secret",
        slack_signing_secret="s",
        encryption_key=key,
        public_url="https://countersign.example.com",
    )


async def outcomes(configured: Settings, installation: Installation = ONE) -> dict[str, tuple[str, str]]:
    channels = channels_by_workspace([HERE, THERE, LOST], [installation])
    found = [each async for each in check_installed(configured, [installation], channels, datetime.now(UTC))]
    return {each.name: (each.outcome.value, each.message) for each in found}


def test_each_channel_is_looked_for_in_its_workspace() -> None:
    assert channels_by_workspace([HERE, THERE, LOST], [ONE]) == {
        "": {"production": "#releases", "production-us": "#releases-us"},
        "T02": {"production-eu": "#releases-eu"},
    }


async def test_all_is_well(api_url: str) -> None:
    found = await outcomes(settings(api_url))
    assert {outcome for outcome, _ in found.values()} == {"ok"}
    assert found["channel of production-eu"] == ("ok", "the bot is in #releases-eu")
    assert "EU (T02) scopes" in found


async def test_the_wrong_key_an_old_key_and_a_bad_token(api_url: str) -> None:
    wrong = await outcomes(settings(api_url, OTHER))
    assert wrong["EU (T02)"][0] == "failed"
    assert "COUNTERSIGN_ENCRYPTION_KEY" in wrong["EU (T02)"][1]
    old = await outcomes(settings(api_url, f"{OTHER},{KEY}"))
    assert old["EU (T02) key"][0] == "warning"
    bad = replace(ONE, sealed=sealed(Seal(KEY), "T02", Tokens("xoxb-9")))
    assert (await outcomes(settings(api_url), bad))["EU (T02) token"] == ("failed", "Slack answers invalid_auth")


async def test_a_closed_workspace_and_an_ended_token(api_url: str) -> None:
    closed = replace(ONE, sealed="", closed_at=NOW, closed_because="app_uninstalled")
    assert (await outcomes(settings(api_url), closed))["EU (T02)"][0] == "failed", "an environment's channel is there"
    elsewhere = replace(closed, team="T07")
    assert (await outcomes(settings(api_url), elsewhere))["EU (T07)"][0] == "warning"
    ended = replace(ONE, expires_at=NOW - timedelta(hours=1))
    outcome, told = (await outcomes(settings(api_url), ended))["EU (T02) token"]
    assert outcome == "failed"
    assert told.startswith("ended at")


async def test_without_the_settings_nothing_can_be_opened() -> None:
    assert (await outcomes(load_settings()))["EU (T02)"][0] == "failed"
