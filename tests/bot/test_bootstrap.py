from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.bootstrap import build, build_core, signing_key
from bot.gateways.key_files import KeyFileError, create_key_file
from bot.listening import listening
from bot.settings import Address, Settings, load_settings
from core.errors import UnavailableError


def settings(url: str, **more: object) -> Settings:
    return load_settings(database_url=url, **more)


async def test_a_sqlite_database_is_made_and_brought_up_to_date(sqlite_url: str) -> None:
    async with build_core(settings(sqlite_url)) as core:
        await core.database.check()
        assert core.database.kind == "sqlite"


async def test_postgresql_is_left_as_it_is(postgres_database: str, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    create_key_file(key)
    with pytest.raises(UnavailableError) as refused:
        async with build_core(settings(postgres_database, signing_key=str(key))):
            raise AssertionError("an empty database was taken for a good one")
    assert "countersign migrate" in refused.value.hint


async def test_the_key_in_use_is_known_to_whoever_verifies_and_only_once(sqlite_url: str, tmp_path: Path) -> None:
    for _ in range(2):
        async with build_core(settings(sqlite_url)) as core:
            ring = await core.countersign.reading.public_keys()
            assert [key.key_ref for key in ring] == [core.countersign.ports.signer.key_ref]
    assert (tmp_path / "countersign-development-key.pem").exists()


async def test_looking_brings_no_other_key_into_a_registry(sqlite_url: str, tmp_path: Path) -> None:
    async with build_core(settings(sqlite_url)) as core:
        first = core.countersign.ports.signer.key_ref
    other = tmp_path / "other.pem"
    create_key_file(other)
    async with build_core(settings(sqlite_url, signing_key=str(other)), signs=False) as core:
        assert [key.key_ref for key in await core.countersign.reading.public_keys()] == [first]


def test_a_named_key_is_used_and_a_missing_one_stops_the_start(sqlite_url: str, tmp_path: Path) -> None:
    made = create_key_file(tmp_path / "key.pem")
    assert signing_key(settings(sqlite_url, signing_key=str(tmp_path / "key.pem"))).key_ref == made.key_ref
    with pytest.raises(KeyFileError):
        signing_key(settings(sqlite_url, signing_key=str(tmp_path / "nowhere.pem")))


async def test_without_slack_settings_the_rest_api_runs_alone(sqlite_url: str) -> None:
    async with (
        build(settings(sqlite_url)) as application,
        listening(application.web, Address("127.0.0.1", 0)) as address,
        ClientSession() as session,
    ):
        url = f"http://127.0.0.1:{address.port}"
        async with session.get(f"{url}/readyz") as answer:
            assert answer.status == 200
        async with session.get(f"{url}/api/v1/openapi.json") as answer:
            assert answer.status == 200
        async with session.post(f"{url}/slack/events") as answer:
            assert answer.status == 404


async def test_with_slack_settings_unsigned_requests_are_refused(sqlite_url: str) -> None:
    configured = settings(sqlite_url, slack_bot_token="xoxb-1", slack_signing_secret="s")
    async with (
        build(configured) as application,
        listening(application.web, Address("127.0.0.1", 0)) as address,
        ClientSession() as session,
        session.post(f"http://127.0.0.1:{address.port}/slack/events", data=b"{}") as answer,
    ):
        assert answer.status == 401


async def test_how_old_members_may_be_is_a_setting_and_without_slack_nobody_says(sqlite_url: str) -> None:
    async with build_core(settings(sqlite_url, usergroup_max_age=5)) as core:
        assert core.countersign.ports.usergroup_max_age == timedelta(minutes=5)
        with pytest.raises(UnavailableError, match="No Slack workspace"):
            await core.countersign.ports.usergroups.all()
