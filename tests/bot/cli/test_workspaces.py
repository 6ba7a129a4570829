"""`countersign workspaces`, typed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.bootstrap import build_core
from bot.gateways.sealing import Seal, new_key
from bot.settings import load_settings
from core.app.installations import Installation
from core.domain.events import Action
from tests.bot.cli.conftest import Terminal
from tests.support.clock import MORNING, nth_id

OLD, NEW = new_key(), new_key()
SETTINGS = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "secret",
    "SLACK_SIGNING_SECRET": "s",
    "COUNTERSIGN_PUBLIC_URL": "https://countersign.example.com/",
    "COUNTERSIGN_ENCRYPTION_KEY": OLD,
}
ONE = Installation(nth_id(1), "T02", "Second [b]", "", "U0BOT", ("commands",), "", MORNING)


@pytest.fixture
def installing(configured: Terminal) -> Terminal:
    configured.environment |= SETTINGS
    tokens = Seal(OLD).close("T02", {"access": "xoxb-1", "refresh": ""})
    closed = replace(ONE, id=nth_id(2), team="T03", closed_at=MORNING, closed_because="app_uninstalled")

    async def put() -> None:
        async with build_core(load_settings(signing_key="key.pem")) as core:
            for each in (replace(ONE, sealed=tokens), closed):
                await core.countersign.ports.transactions.write(
                    lambda store, each=each: store.installations.put(each)  # type: ignore[misc]
                )

    asyncio.run(put())
    return configured


def stored() -> dict[str, Installation]:
    async def read() -> tuple[Installation, ...]:
        async with build_core(load_settings(signing_key="key.pem")) as core:
            return await core.countersign.ports.transactions.read(lambda store: store.installations.all())

    return {each.team: each for each in asyncio.run(read())}


def test_the_list_tells_open_from_closed_and_never_a_token(installing: Terminal) -> None:
    shown = installing.run("workspaces", "list").stdout
    assert "Second [b]" in shown
    assert "app_uninstalled" in shown
    listed = installing.json("workspaces", "list")
    assert [(each["team"], each["closedBecause"]) for each in listed] == [("T02", None), ("T03", "app_uninstalled")]
    assert "sealed" not in listed[0]


def test_an_empty_list_says_what_to_do(configured: Terminal) -> None:
    assert "countersign workspaces invite" in configured.run("workspaces", "list").stdout


def test_an_invite_is_a_link_that_the_audit_log_knows_of(installing: Terminal) -> None:
    made = installing.run("workspaces", "invite", "--team", "T09", "--expires", "2h")
    assert made.exit_code == 0
    link = urlsplit(made.stdout.strip())
    assert (link.scheme, link.netloc, link.path) == ("https", "countersign.example.com", "/slack/install")
    content = Seal(OLD).open("an install link", parse_qs(link.query)["invite"][0])
    assert content["team"] == "T09"

    async def newest() -> Action:
        async with build_core(load_settings(signing_key="key.pem")) as core:
            from core.app.pages import PageRequest

            page = await core.countersign.ports.transactions.read(lambda store: store.audit.page(PageRequest(1, 1)))
            return page.items[0].action

    assert asyncio.run(newest()) is Action.WORKSPACE_INVITED


@pytest.mark.parametrize("words", [("--team", "example"), ("--expires", "8d"), ("--expires", "soon")])
def test_an_invite_that_makes_no_sense_is_refused(installing: Terminal, words: tuple[str, str]) -> None:
    refused = installing.run("workspaces", "invite", *words)
    assert refused.exit_code != 0
    assert refused.stdout == ""


def test_without_the_settings_there_is_no_invite(configured: Terminal) -> None:
    refused = configured.run("workspaces", "invite")
    assert refused.exit_code == 2
    assert "SLACK_CLIENT_ID" in refused.stderr


def test_a_removed_workspace_is_gone_and_one_that_is_not_there_says_so(installing: Terminal) -> None:
    assert "Remove the app in Slack as well" in installing.run("workspaces", "remove", "T02").stdout
    assert set(stored()) == {"T03"}
    assert installing.run("workspaces", "remove", "T02").exit_code == 1


def test_a_key_is_changed_in_three_steps(installing: Terminal) -> None:
    made = installing.run("workspaces", "key").stdout.strip()
    assert len(made) == 44
    both = {"COUNTERSIGN_ENCRYPTION_KEY": f"{NEW},{OLD}"}
    assert "1 workspace was sealed" in installing.run("workspaces", "reseal", **both).stdout
    assert "0 workspaces" in installing.run("workspaces", "reseal", **both).stdout
    assert Seal(NEW).open("T02", stored()["T02"].sealed)["access"] == "xoxb-1"
    assert MORNING + timedelta() == stored()["T02"].installed_at


def test_resealing_without_the_old_key_changes_nothing(installing: Terminal) -> None:
    before = stored()
    refused = installing.run("workspaces", "reseal", COUNTERSIGN_ENCRYPTION_KEY=NEW)
    assert refused.exit_code == 1
    assert "COUNTERSIGN_ENCRYPTION_KEY" in refused.stderr
    assert stored() == before
