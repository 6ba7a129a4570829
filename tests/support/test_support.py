"""The fixtures themselves: what they promise to the other tests."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.support.browser import DESKTOP, PHONE
from tests.support.clock import MORNING, FakeClock, SequentialIds, nth_id
from tests.support.loopback import NotLoopbackError, is_loopback
from tests.support.postgres import PostgresCluster
from tests.support.slack_emulator import SlackEmulator

if TYPE_CHECKING:
    from playwright.async_api import Page, ViewportSize


def test_the_clock_stands_still_until_it_is_moved(clock: FakeClock) -> None:
    assert clock() == clock() == MORNING
    assert (clock.advance(hours=1, seconds=1) - MORNING).total_seconds() == 3601
    assert clock().utcoffset() is not None
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(seconds=-1)


def test_ids_are_the_same_in_every_run(new_id: SequentialIds) -> None:
    assert [new_id(), new_id()] == [nth_id(1), nth_id(2)]
    assert new_id().version == 4


async def test_each_kind_of_database_is_empty_and_takes_tables(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE only_here (id INTEGER PRIMARY KEY)"))
        assert (await connection.execute(text("SELECT count(*) FROM only_here"))).scalar_one() == 0
    await engine.dispose()


async def test_a_database_can_be_copied_from_a_prepared_one(
    postgres_cluster: PostgresCluster, postgres_database: str
) -> None:
    postgres_cluster.run_sql("CREATE TABLE ready (id int)", PostgresCluster.name_of(postgres_database))
    copied = postgres_cluster.create(PostgresCluster.name_of(postgres_database))
    engine = create_async_engine(copied)
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM ready"))).scalar_one() == 0
    await engine.dispose()
    postgres_cluster.drop(copied)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost", b"localhost", "hooks.localhost"])
def test_loopback_is_this_machine(host: object) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "10.0.0.1", "slack.com", "localhost.example.com"])
def test_everything_else_is_not_loopback(host: object) -> None:
    assert not is_loopback(host)


def test_leaving_this_machine_is_refused_and_remembered(loopback_only: list[str]) -> None:
    with socket.socket() as stranger:
        with pytest.raises(NotLoopbackError):
            stranger.connect(("192.0.2.1", 80))
        with pytest.raises(NotLoopbackError):
            stranger.bind(("0.0.0.0", 0))
    with pytest.raises(NotLoopbackError):
        socket.getaddrinfo("example.com", 443)
    assert len(loopback_only) == 3
    loopback_only.clear()


async def test_asyncio_is_guarded_too(loopback_only: list[str]) -> None:
    with pytest.raises(NotLoopbackError):
        await asyncio.open_connection("192.0.2.1", 80)
    assert loopback_only.pop().startswith("socket.connect")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_a_page_has_the_asked_for_width(page: Page, viewport: ViewportSize) -> None:
    await page.set_content("<h1>Countersign</h1>")
    assert await page.locator("h1").inner_text() == "Countersign"
    assert await page.evaluate("innerWidth") == viewport["width"]


@pytest.fixture
def slack_seed() -> dict[str, Any]:
    return {"team": {"name": "Example", "domain": "example"}, "channels": [{"name": "releases-production"}]}


def test_the_emulator_answers_as_slack_does(slack_emulator: SlackEmulator) -> None:
    listed = slack_emulator.call("conversations.list", "test_token_admin")
    assert "releases-production" in [channel["name"] for channel in listed["channels"]]
