from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web

from bot.cli.doctor.finding import Finding
from bot.cli.doctor.slack import check_slack
from bot.gateways.slack_scopes import BOT_SCOPES
from bot.listening import listening
from bot.settings import Address, Settings, load_settings
from tests.support.ports import unused_port

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ALL_SCOPES = ",".join(BOT_SCOPES)
CHANNELS = {
    "C01": {"id": "C01", "name": "releases", "is_member": True},
    "C02": {"id": "C02", "name": "elsewhere", "is_member": False},
    "C03": {"id": "C03", "name": "attic", "is_member": True, "is_archived": True},
}


@asynccontextmanager
async def small_slack(*, scopes: str | None = ALL_SCOPES, now: datetime = NOW, error: str = "") -> AsyncIterator[str]:
    """The four methods that the checks call; gives the base of its Web API."""

    def answer(document: dict[str, Any]) -> web.Response:
        headers = {"Date": format_datetime(now, usegmt=True)}
        if scopes is not None:
            headers["x-oauth-scopes"] = scopes
        return web.json_response(document, headers=headers)

    async def who_am_i(_: web.Request) -> web.Response:
        if error:
            return answer({"ok": False, "error": error})
        return answer({"ok": True, "user": "countersign", "team": "Example", "team_id": "T1"})

    async def all_channels(_: web.Request) -> web.Response:
        return answer({"ok": True, "channels": list(CHANNELS.values())})

    async def one_channel(request: web.Request) -> web.Response:
        channel = CHANNELS.get(str((await request.post() or request.query)["channel"]))
        return answer({"ok": True, "channel": channel} if channel else {"ok": False, "error": "channel_not_found"})

    app = web.Application()
    app.router.add_route("*", "/api/auth.test", who_am_i)
    app.router.add_route("*", "/api/conversations.list", all_channels)
    app.router.add_route("*", "/api/conversations.info", one_channel)
    async with listening(app, Address("127.0.0.1", 0)) as address:
        yield f"http://127.0.0.1:{address.port}/api/"


def slack_settings(url: str) -> Settings:
    return load_settings(slack_bot_token="xoxb-1", slack_signing_secret="s", slack_api_url=url)


async def findings(url: str, channels: Mapping[str, str] | None = None) -> dict[str, Finding]:
    found = [each async for each in check_slack(slack_settings(url), channels or {}, NOW)]
    return {each.name: each for each in found}


async def test_without_settings_there_is_nothing_to_check() -> None:
    (finding,) = [each async for each in check_slack(load_settings(), {}, NOW)]
    assert finding.outcome == "skipped"


async def test_all_is_well() -> None:
    async with small_slack() as url:
        found = await findings(url, {"production": "#releases"})
    assert {name: each.outcome for name, each in found.items()} == dict.fromkeys(found, "ok")
    assert found["Slack token"].message == "countersign in the workspace Example (T1)"
    assert found["channel of production"].message == "the bot is in #releases"


async def test_a_bad_token_ends_the_examination() -> None:
    async with small_slack(error="invalid_auth") as url:
        found = await findings(url, {"production": "#releases"})
    assert (found["Slack token"].outcome, found["Slack token"].message) == ("failed", "Slack answers invalid_auth")
    assert list(found) == ["Slack entrance", "Slack token"]


async def test_slack_away() -> None:
    found = await findings(f"http://127.0.0.1:{unused_port()}/api/")
    assert found["Slack"].outcome == "failed"


@pytest.mark.parametrize(
    ("granted", "outcome", "part"),
    [
        (ALL_SCOPES.replace("commands,", ""), "failed", "missing: commands"),
        (f"{ALL_SCOPES}, chat:write.public", "warning", "not needed: chat:write.public"),
        (None, "skipped", "did not say"),
    ],
)
async def test_scopes_are_held_against_the_manifest(granted: str | None, outcome: str, part: str) -> None:
    async with small_slack(scopes=granted) as url:
        finding = (await findings(url))["Slack scopes"]
    assert finding.outcome == outcome
    assert part in finding.message


@pytest.mark.parametrize(
    ("skew", "outcome"), [(10, "ok"), (-60, "warning"), (60, "warning"), (400, "failed"), (-400, "failed")]
)
async def test_the_clock_is_held_against_slack_s(skew: int, outcome: str) -> None:
    async with small_slack(now=NOW + timedelta(seconds=skew)) as url:
        assert (await findings(url))["clock"].outcome == outcome


async def test_channels_are_looked_at_one_by_one() -> None:
    wanted = {"a": "", "b": "#elsewhere", "c": "#nowhere", "d": "C03", "e": "C99", "f": "C01"}
    async with small_slack() as url:
        found = await findings(url, wanted)
    outcomes = {name: (found[f"channel of {name}"].outcome, found[f"channel of {name}"].message) for name in wanted}
    assert outcomes == {
        "a": ("warning", "it has none"),
        "b": ("failed", "the bot is not in #elsewhere"),
        "c": ("failed", "the channel #nowhere does not exist or the bot is not in it"),
        "d": ("failed", "C03 is archived"),
        "e": ("failed", "C99: Slack answers channel_not_found"),
        "f": ("ok", "the bot is in C01"),
    }
