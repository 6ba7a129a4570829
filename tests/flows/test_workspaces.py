"""Two workspaces: the second lets the product in by OAuth, and has an environment; Bob has accounts in both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.gateways.sealing import Seal
from bot.gateways.slack_installer import new_invite
from bot.gateways.slack_scopes import BOT_SCOPES
from bot.playground import ChannelSeed, Driver, PersonSeed, Playground, SlashCommandSeed, WorkspaceSeed
from bot.playground.seen import Seen
from bot.slack.ids import EventName
from core.app.drafts import EnvironmentDraft, GroupDraft, PersonDraft, PolicyDraft
from core.domain.environment import Environment
from core.domain.people import SYSTEM, SlackAccount
from tests.support.installing import Browser
from tests.support.world import CHANNEL, ENCRYPTION_KEY, SIGNING_SECRET, TEAM, ShiftedClock, World, world

SECOND = "T00000002"
EU = "#releases-eu"


@dataclass
class Two:
    """Both workspaces, with the product in each."""

    w: World
    eu: Driver
    production_eu: Environment

    @property
    def first(self) -> Driver:
        return self.w.slack

    def invite(self, team: str = "") -> str:
        secret = self.w.app.core.countersign.ports.new_secret()
        return new_invite(Seal(ENCRYPTION_KEY), secret, self.w.clock() + timedelta(hours=1), team)

    async def asked(self, version: str = "1.4.0") -> str:
        """A request for the second workspace's environment that awaits approval; gives its id."""
        release = await self.w.release(version)
        wanted = {"releaseId": str(release.id), "targetEnvironmentId": str(self.production_eu.id)}
        made = await self.w.rest("alice", "POST", "/promotions", wanted, {"Prefer": "wait=5"})
        assert made.status == 201, made.body
        return str(made.body["id"])

    async def card(self) -> Seen:
        """The card in the second workspace, once its gates have passed: before that nobody can approve."""
        posted = await self.eu.message(EU, "Production EU")
        await self.eu.until(lambda: "promotion.approve" in self.eu.now(posted).actions, "buttons on the card")
        return self.eu.now(posted)


def second_workspace(clock: ShiftedClock, token_lives: int | None = None) -> Playground:
    people = (
        PersonSeed("U02", "bob", "Bob Approver", "bob@example.com"),
        PersonSeed("U11", "dora", "Dora Approver", "dora@example.com"),
        # The ids are those of people of the first workspace, and they are others.
        PersonSeed("U03", "impostor", "Not Carol", "carol@example.com"),
    )
    seed = WorkspaceSeed(
        people,
        (ChannelSeed("C01", "releases-eu"), ChannelSeed("C02", "random")),
        team_id=SECOND,
        team_name="Example Shop EU",
        bot_display_name="Countersign",
        commands=tuple(SlashCommandSeed(name) for name in ("/promote", "/promotions", "/approvals")),
        events=tuple(EventName),
        scopes=BOT_SCOPES,
    )
    return Playground(seed, bot_url="", signing_secret=SIGNING_SECRET, clock=clock.unix, token_lives=token_lives)


@pytest.fixture
def token_lives() -> int | None:
    return None


@pytest.fixture
async def two(database_url: str, tmp_path: Path, token_lives: int | None) -> AsyncIterator[Two]:
    clock = ShiftedClock()
    neighbour = second_workspace(clock, token_lives)
    async with world(database_url, tmp_path, clock=clock, neighbours=(neighbour,)) as w:
        admin = w.app.core.countersign.administering
        bob = w.people["bob"]
        both = (SlackAccount(TEAM, "U02"), SlackAccount(SECOND, "U02"))
        await admin.update_person(SYSTEM, bob.id, PersonDraft(bob.email, bob.name, slack=both))
        dora = PersonDraft("dora@example.com", "Dora Approver", slack=(SlackAccount(SECOND, "U11"),))
        w.people["dora"] = await admin.create_person(SYSTEM, dora)
        groups = await _with_dora(w)
        draft = EnvironmentDraft("Production EU", w.staging.id, True, EU, {}, slack_team=SECOND)
        production_eu = await admin.create_environment(SYSTEM, draft)
        await admin.create_policy(SYSTEM, PolicyDraft("eu-policy", production_eu.id, 2, groups, True, 24))
        made = Two(w, Driver(neighbour), production_eu)
        async with Browser() as browser:
            status, page = await browser.install(w.url, SECOND, made.invite(SECOND))
        assert status == 200, page
        yield made


async def _with_dora(w: World) -> tuple[str, ...]:
    members = ("bob@example.com", "carol@example.com", "dora@example.com")
    await w.app.core.countersign.administering.create_group(SYSTEM, GroupDraft("eu-managers", members))
    return ("eu-managers",)


async def votes(two: Two, promotion_id: str) -> list[str]:
    shown = await two.w.rest("bob", "GET", f"/promotions/{promotion_id}/approvals")
    listed = shown.body["data"] if isinstance(shown.body, dict) else shown.body
    return [each["approverName"] for each in listed]


async def test_each_environment_s_card_stands_in_its_own_workspace(two: Two) -> None:
    promotion_id = await two.asked()
    card = await two.card()
    assert all("Production EU" not in each.words for each in two.first.messages(CHANNEL))
    asked = {
        who: await slack.message(slack.dm(who), "shop-1.4.0")
        for who, slack in (("bob", two.eu), ("dora", two.eu), ("carol", two.first))
    }
    assert two.first.messages(two.first.dm("bob")) == [], "asked once, in the environment's workspace"
    await two.eu.click("dora", card, "promotion.approve")
    await two.first.click("carol", asked["carol"], "promotion.approve")
    await two.eu.until(lambda: "promotion.approve" not in two.eu.now(card).actions, "the card is closed")
    assert sorted(await votes(two, promotion_id)) == ["Carol Approver", "Dora Approver"]
    summary = await two.eu.message(EU, "sha256:")
    assert await two.eu.reply(summary) is not None
    await two.first.message(two.first.dm("alice"), "shop-1.4.0")
    await two.first.until(lambda: "promotion.approve" not in two.first.now(asked["carol"]).actions, "Carol's message")


async def test_a_person_with_accounts_in_both_has_one_vote_through_every_door(two: Two) -> None:
    promotion_id = await two.asked()
    card = await two.card()
    await two.first.command("bob", CHANNEL, "/promotions", f"approve {promotion_id}")
    await two.eu.until(lambda: "Bob Approver" in two.eu.now(card).words.partition("May still")[0], "Bob's vote")
    await two.eu.click("bob", card, "promotion.approve")
    await two.eu.whisper("bob", "already")
    again = await two.w.rest("bob", "POST", f"/promotions/{promotion_id}/approve", {})
    assert (again.status, again.body["code"]) == (409, "already_voted")
    assert await votes(two, promotion_id) == ["Bob Approver"]


async def test_the_same_user_id_in_another_workspace_is_somebody_else(two: Two) -> None:
    promotion_id = await two.asked()
    card = await two.card()
    await two.eu.click("impostor", card, "promotion.approve")
    await two.eu.whisper("impostor", "know who you are")
    assert await votes(two, promotion_id) == []


async def test_app_homes_of_both_workspaces_are_kept_current(two: Two) -> None:
    for slack in (two.first, two.eu):
        await slack.open_home("bob")
    await two.asked()
    for slack in (two.first, two.eu):
        await slack.home_of("bob", "shop-1.4.0")


async def test_an_outage_of_one_workspace_does_not_hold_up_the_other(two: Two) -> None:
    two.eu.outage(True)
    promotion_id = await two.asked()
    carol = await two.first.message(two.first.dm("carol"), "shop-1.4.0")
    await two.first.click("carol", carol, "promotion.approve")
    await two.first.until(lambda: "promotion.approve" not in two.first.now(carol).actions, "Carol's message")
    production = {"targetEnvironmentId": str(two.w.production.id)}
    release = (await two.w.rest("ci", "GET", "/releases")).body["data"][0]
    asked = await two.w.rest("alice", "POST", "/promotions", {"releaseId": release["id"], **production})
    assert asked.status == 201
    await two.first.message(CHANNEL, "Production")
    assert two.eu.messages(EU) == []
    two.eu.outage(False)
    two.w.clock.shift += timedelta(minutes=6)
    await two.eu.message(EU, "Production EU")
    assert await votes(two, promotion_id) == ["Carol Approver"]


async def test_an_uninstalled_workspace_is_closed_and_comes_back_by_being_installed_again(two: Two) -> None:
    await two.asked()
    await two.eu.message(EU, "Production EU")
    two.eu.uninstall()
    await two.eu.settled()
    installations = two.w.app.core.countersign.ports.transactions
    (closed,) = await installations.read(lambda store: store.installations.all())
    assert (closed.is_open, closed.sealed, closed.closed_because) == (False, "", "app_uninstalled")
    told = await two.eu.command("dora", EU, "/approvals")
    assert told.error == ""
    await two.eu.whisper("dora", "not at work in this workspace")
    async with Browser() as browser:
        status, page = await browser.install(two.w.url, SECOND)
    assert status == 200, page
    second = await two.asked("1.5.0")
    await two.eu.message(EU, "shop-1.5.0")
    assert await votes(two, second) == []


async def test_a_stranger_s_workspace_is_not_let_in(two: Two) -> None:
    async with Browser() as browser:
        spent = two.invite()
        assert (await browser.install(two.w.url, SECOND, spent))[0] == 200, "known already, so it is not used up"
        await two.w.app.core.countersign.ports.transactions.write(lambda store: store.installations.remove(SECOND))
        assert (await browser.install(two.w.url, SECOND, spent))[0] == 200
        await two.w.app.core.countersign.ports.transactions.write(lambda store: store.installations.remove(SECOND))
        status, page = await browser.install(two.w.url, SECOND, spent)
    assert status == 403
    assert "may not use this Countersign" in page
    await two.eu.command("dora", EU, "/approvals")
    await two.eu.whisper("dora", "not at work in this workspace")


class TestRotated:
    """The same with tokens that end after twelve hours."""

    @pytest.fixture
    def token_lives(self) -> int:
        return 12 * 3600

    async def test_tokens_are_renewed_before_they_end(self, two: Two) -> None:
        transactions = two.w.app.core.countersign.ports.transactions
        (before,) = await transactions.read(lambda store: store.installations.all())
        assert before.expires_at is not None
        two.w.clock.shift = timedelta(hours=11)
        for _ in range(500):
            (after,) = await transactions.read(lambda store: store.installations.all())
            if after.sealed != before.sealed:
                break
            await asyncio.sleep(0.02)
        assert after.expires_at is not None
        assert after.expires_at > before.expires_at + timedelta(hours=10)
        await two.asked()
        await two.eu.message(EU, "Production EU")
