"""Who may let a workspace in: states that are replayed, stolen or old, invites, and workspaces nobody asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from aiohttp import ClientSession
from yarl import URL

from bot.gateways.sealing import Seal
from bot.gateways.slack_client import SlackClient
from bot.gateways.slack_installed import InstalledWorkspaces
from bot.gateways.slack_installer import Begun, SlackInstaller, new_invite
from bot.gateways.slack_oauth import SlackOAuth
from bot.gateways.slack_scopes import BOT_SCOPES
from bot.metrics import Metrics
from bot.playground import AppCredentials, ChannelSeed, PersonSeed, Playground, WorkspaceSeed, serve
from core.app.installations import Installation
from core.app.installing import Installing
from core.app.pages import PageRequest
from core.app.ports import Ports
from core.domain.events import Action
from core.domain.people import SYSTEM
from core.errors import DomainError, ForbiddenError, InvalidError, UnavailableError
from tests.support.clock import FakeClock
from tests.support.installing import Browser
from tests.support.memory import MemoryTransactions
from tests.support.wired import ports_on

TEAM, OTHER = "T02", "T03"
SEAL = Seal("A" * 42 + "E=")
BACK = "https://countersign.example.com/slack/oauth_redirect"


def ground(team: str, *neighbours: Playground) -> Playground:
    seed = WorkspaceSeed(
        (PersonSeed("U01", "bob", "Bob"),),
        (ChannelSeed("C01", "releases"),),
        team_id=team,
        team_name=f"Workspace {team}",
        scopes=BOT_SCOPES,
    )
    return Playground(
        seed, bot_url="", signing_secret="s", credentials=AppCredentials("1.2", "secret"), neighbours=neighbours
    )


@dataclass
class Rig:
    slack: Playground
    ports: Ports
    clock: FakeClock
    session: ClientSession
    browser: Browser
    listed: frozenset[str] = frozenset()

    @property
    def installer(self) -> SlackInstaller:
        oauth = SlackOAuth("1.2", "secret", self.slack.api_url, self.session)
        installed = InstalledWorkspaces(self.ports, SEAL, oauth, self._client, self.listed)
        return SlackInstaller(self.ports, SEAL, oauth, installed, BACK)

    def _client(self, token: str, team: str) -> SlackClient:
        return SlackClient(token, self.slack.api_url, self.session, Metrics(), self.clock, called=team)

    def invite(self, team: str = "") -> str:
        return new_invite(SEAL, self.ports.new_secret(), self.clock() + timedelta(hours=1), team)

    async def asked(self, begun: Begun, team: str = TEAM) -> dict[str, str]:
        """What Slack sends back when somebody allows it in a workspace, or (without one) cancels."""
        return dict((await self.browser.answer(URL(begun.address), team)).query)

    async def finish(self, begun: Begun, team: str = TEAM, **other: str) -> Installation:
        answered = await self.asked(begun, team)
        words = {"browser": begun.browser, "refusal": answered.get("error", ""), "code": answered.get("code", "")}
        return await self.installer.finish(**{"state": answered["state"], **words, **other})

    async def stored(self) -> list[str]:
        return [each.team for each in await Installing(self.ports).all()]


@pytest.fixture
async def rig(clock: FakeClock) -> AsyncIterator[Rig]:
    slack = ground(TEAM, ground(OTHER))
    async with serve(slack), ClientSession() as session, Browser() as browser:
        yield Rig(slack, ports_on(MemoryTransactions(), clock), clock, session, browser)


async def refused(rig: Rig, begun: Begun, kind: type[DomainError], words: str, **other: str) -> None:
    with pytest.raises(kind, match=words):
        await rig.finish(begun, **other)
    assert await rig.stored() == []


async def test_an_invite_lets_one_workspace_in_and_the_audit_log_says_so(rig: Rig) -> None:
    begun = await rig.installer.begin(rig.invite())
    assert URL(begun.address).path == "/oauth/v2/authorize"
    assert set(URL(begun.address).query["scope"].split(",")) == set(BOT_SCOPES)
    made = await rig.finish(begun)
    assert (made.team, made.name, set(made.scopes)) == (TEAM, f"Workspace {TEAM}", set(BOT_SCOPES))
    assert "xoxb" not in made.sealed
    log = await rig.ports.transactions.read(lambda store: store.audit.page(PageRequest()))
    assert [(event.action, event.details["team"]) for event in log.items] == [(Action.WORKSPACE_INSTALLED, TEAM)]


async def test_without_an_invite_or_a_list_nobody_even_begins(rig: Rig) -> None:
    with pytest.raises(ForbiddenError, match="takes an invite") as told:
        await rig.installer.begin()
    assert "countersign workspaces invite" in told.value.hint


async def test_a_listed_workspace_needs_no_invite_and_another_is_not_let_in(rig: Rig) -> None:
    rig.listed = frozenset({TEAM})
    await rig.finish(await rig.installer.begin())
    with pytest.raises(ForbiddenError, match=f"{OTHER}.* may not use"):
        await rig.finish(await rig.installer.begin(), OTHER)
    assert await rig.stored() == [TEAM]
    token = rig.slack.neighbours[0].grants
    assert not token._tokens, "its token was given back"


async def test_an_invite_works_once(rig: Rig) -> None:
    invite = rig.invite()
    first, second = await rig.installer.begin(invite), await rig.installer.begin(invite)
    await rig.finish(first)
    with pytest.raises(ForbiddenError, match="may not use"):
        await rig.finish(second, OTHER)
    assert await rig.stored() == [TEAM]


async def test_an_invite_that_was_not_made_use_of_still_works(rig: Rig) -> None:
    invite = rig.invite()
    await refused(rig, await rig.installer.begin(invite), InvalidError, "not allowed", team="")
    await rig.finish(await rig.installer.begin(invite))
    assert await rig.stored() == [TEAM]


async def test_an_invite_for_one_workspace_does_not_let_another_in(rig: Rig) -> None:
    begun = await rig.installer.begin(rig.invite(TEAM))
    assert URL(begun.address).query["team"] == TEAM
    await refused(rig, begun, ForbiddenError, f"for the workspace {TEAM}", team=OTHER)


OF_ANOTHER_KIND = SEAL.close("the way back from Slack", {})
AN_INVITE = SEAL.close("an install link", {"until": "2999-01-01T00:00:00+00:00"})


@pytest.mark.parametrize("invite", ["nonsense", "é", "gAAAA" * 50, OF_ANOTHER_KIND], ids=["a", "b", "c", "d"])
async def test_what_is_no_invite_is_refused(rig: Rig, invite: str) -> None:
    with pytest.raises(InvalidError, match="not an install link"):
        await rig.installer.begin(invite)


async def test_an_old_invite_is_refused(rig: Rig) -> None:
    invite = rig.invite()
    rig.clock.advance(hours=2)
    with pytest.raises(InvalidError, match="no longer valid"):
        await rig.installer.begin(invite)


async def test_a_state_works_once(rig: Rig) -> None:
    begun = await rig.installer.begin(rig.invite())
    answered = await rig.asked(begun)
    once = {"state": answered["state"], "browser": begun.browser}
    await rig.installer.finish(**once, code=answered["code"])
    with pytest.raises(InvalidError, match="finished already"):
        await rig.installer.finish(**once, code=(await rig.asked(begun))["code"])


async def test_a_state_that_is_too_old_is_refused(rig: Rig) -> None:
    begun = await rig.installer.begin(rig.invite())
    rig.clock.advance(minutes=11)
    await refused(rig, begun, InvalidError, "too long")


@pytest.mark.parametrize("browser", ["", "another"])
async def test_another_browser_is_refused_and_uses_nothing_up(rig: Rig, browser: str) -> None:
    begun = await rig.installer.begin(rig.invite())
    await refused(rig, begun, InvalidError, "another browser", browser=browser)
    await rig.finish(begun)
    assert await rig.stored() == [TEAM]


@pytest.mark.parametrize("state", ["", "nonsense", AN_INVITE], ids=["none", "nonsense", "an invite"])
async def test_what_is_no_state_is_refused(rig: Rig, state: str) -> None:
    await refused(rig, await rig.installer.begin(rig.invite()), InvalidError, "not the way back", state=state)


async def test_a_code_that_slack_does_not_know_is_refused(rig: Rig) -> None:
    begun = await rig.installer.begin(rig.invite())
    await refused(rig, begun, InvalidError, "invalid_code", code="1.2.stolen")


async def test_while_slack_is_away_it_can_be_tried_again(rig: Rig) -> None:
    begun = await rig.installer.begin(rig.invite())
    answered = await rig.asked(begun)
    away = rig.installer
    away._oauth._base_url = "http://127.0.0.1:9/api/"
    with pytest.raises(UnavailableError, match="did not say"):
        await away.finish(state=answered["state"], browser=begun.browser, code=answered["code"])
    assert await rig.stored() == []


async def test_a_known_workspace_comes_back_by_itself_and_a_removed_one_does_not(rig: Rig) -> None:
    made = await rig.finish(await rig.installer.begin(rig.invite()))
    installing = Installing(rig.ports)
    assert await installing.close(SYSTEM, TEAM, "app_uninstalled")
    assert not await installing.close(SYSTEM, TEAM, "app_uninstalled")
    await rig.finish(await rig.installer.begin())
    (again,) = await installing.all()
    assert (again.id, again.is_open) == (made.id, True)
    assert again.sealed != made.sealed
    await installing.remove(SYSTEM, TEAM)
    with pytest.raises(ForbiddenError, match="takes an invite"):
        await rig.installer.begin()
