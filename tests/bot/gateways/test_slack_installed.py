"""Installed workspaces: their tokens opened, renewed once by whoever is first, and closed when Slack means it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.db.database import Database
from bot.gateways.sealing import Seal, new_key
from bot.gateways.slack_client import DisconnectedError, NotNowError, SlackClient
from bot.gateways.slack_installed import InstalledWorkspaces, opened, sealed
from bot.gateways.slack_oauth import SlackOAuth, Tokens
from bot.metrics import Metrics
from bot.playground import AppCredentials, ChannelSeed, PersonSeed, Playground, WorkspaceSeed, serve
from core.app.installations import Installation
from core.app.ports import Ports, Transactions
from tests.support.clock import MORNING, FakeClock, nth_id
from tests.support.memory import MemoryTransactions
from tests.support.wired import ports_on

TEAM = "T02"
LIVES = 12 * 3600
SEAL = Seal(new_key())


@dataclass
class Rig:
    ground: Playground
    session: ClientSession
    ports: Ports
    clock: FakeClock
    metrics: Metrics

    def replica(self, ports: Ports | None = None, seal: Seal = SEAL, name: str = "") -> InstalledWorkspaces:
        """One program with this workspace installed."""
        ports = ports or self.ports
        named = replace(ports, new_secret=lambda: name) if name else ports
        oauth = SlackOAuth("1.2", "secret", self.ground.api_url, self.session)
        return InstalledWorkspaces(named, seal, oauth, self.client, frozenset({"T03"}))

    def client(self, token: str, team: str) -> SlackClient:
        return SlackClient(token, self.ground.api_url, self.session, self.metrics, self.clock, called=team)

    async def install(self, transactions: Transactions | None = None, **changes: Any) -> Installation:
        """As it is stored at the end of an installation."""
        granted = self.ground.grants.issue()
        ends = MORNING + timedelta(seconds=LIVES)
        tokens = Tokens(granted["access_token"], granted["refresh_token"], ends)
        scopes = ("chat:write",)
        made = Installation(nth_id(1), TEAM, "Second", "", "U0BOT", scopes, sealed(SEAL, TEAM, tokens), MORNING, ends)
        made = replace(made, **changes)
        await (transactions or self.ports.transactions).write(lambda store: store.installations.put(made))
        return made

    async def stored(self) -> Installation | None:
        return await self.ports.transactions.read(lambda store: store.installations.get(TEAM))


@pytest.fixture
async def rig(clock: FakeClock) -> AsyncIterator[Rig]:
    seed = WorkspaceSeed((PersonSeed("U01", "bob", "Bob"),), (ChannelSeed("C01", "releases"),), team_id=TEAM)
    ground = Playground(
        seed, bot_url="", signing_secret="s", credentials=AppCredentials("1.2", "secret"), token_lives=LIVES
    )
    async with serve(ground), ClientSession() as session:
        yield Rig(ground, session, ports_on(MemoryTransactions(), clock), clock, Metrics())


async def test_its_client_speaks_with_its_token(rig: Rig) -> None:
    await rig.install()
    found = await rig.replica().find(TEAM)
    assert found is not None
    assert (await found.client.auth_test())["team_id"] == TEAM
    assert not found.vouches
    assert await rig.replica().find("T09") is None


async def test_the_wrong_key_opens_nothing_and_holds_up_nobody_else(rig: Rig) -> None:
    await rig.install()
    wrong = rig.replica(seal=Seal(new_key()))
    with pytest.raises(Exception, match="cannot be opened with COUNTERSIGN_ENCRYPTION_KEY"):
        await wrong.find(TEAM)
    await wrong.renew_due()
    assert await wrong.admits(TEAM), "people are listened to"
    assert not await wrong.admits("T09")


async def test_what_another_replica_did_is_seen_within_seconds(rig: Rig) -> None:
    replica = rig.replica()
    assert await replica.teams() == ()
    made = await rig.install()
    assert await replica.teams() == ()
    rig.clock.advance(seconds=3)
    assert await replica.teams() == (TEAM,)
    await replica.renew_due()
    assert 'connected{team="T02"} 1.0' in rig.metrics.exposition().decode()
    closed = replace(made, sealed="", closed_at=rig.clock())
    await rig.ports.transactions.write(lambda store: store.installations.put(closed))
    rig.clock.advance(seconds=3)
    assert await replica.find(TEAM) is None
    assert await replica.teams() == (TEAM,), "it may come back"
    assert 'connected{team="T02"}' not in rig.metrics.exposition().decode()


async def test_a_token_is_renewed_ahead_of_its_end_and_the_client_goes_on(rig: Rig) -> None:
    before = await rig.install()
    replica = rig.replica()
    found = await replica.find(TEAM)
    assert found is not None
    await replica.renew_due()
    assert await rig.stored() == before, "there is time"
    rig.clock.advance(hours=11)
    await replica.renew_due()
    after = await rig.stored()
    assert after is not None
    assert after.expires_at == rig.clock() + timedelta(seconds=LIVES)
    assert found.client.token == opened(SEAL, after).access != opened(SEAL, before).access
    assert len(opened(SEAL, after).refresh) > 500


async def test_a_token_that_has_ended_is_renewed_on_the_way(rig: Rig) -> None:
    before = await rig.install()
    rig.clock.advance(hours=13)
    found = await rig.replica().find(TEAM)
    assert found is not None
    assert found.client.token != opened(SEAL, before).access


async def test_many_replicas_renew_once(rig: Rig, postgres_pair: tuple[Database, Database]) -> None:
    await rig.install(postgres_pair[0])
    rig.clock.advance(hours=11)
    refreshed = rig.ground.grants.refresh
    calls: list[str] = []

    def counted(token: str) -> Any:
        calls.append(token)
        return refreshed(token)

    rig.ground.grants.refresh = counted  # type: ignore[method-assign,assignment]
    replicas = [
        rig.replica(ports_on(database, rig.clock), name=f"{number}")
        for number, database in enumerate(postgres_pair * 3)
    ]
    await asyncio.gather(*(each.renew_due() for each in replicas))
    assert len(calls) == 1
    rig.clock.advance(seconds=3)
    for each in replicas:
        await each.renew_due()
        found = await each.find(TEAM)
        assert found is not None
        assert (await found.client.auth_test())["ok"]
    assert len(calls) == 1


async def test_an_installation_of_meanwhile_is_not_overwritten(rig: Rig) -> None:
    old = await rig.install()
    replica = rig.replica()
    await replica.find(TEAM)
    again = await rig.install()
    rig.clock.advance(seconds=1)
    await replica._renewed(old)
    assert await rig.stored() == again


async def test_a_refresh_token_that_works_no_more_leaves_the_token_as_long_as_it_lives(rig: Rig) -> None:
    await rig.install()
    rig.ground.grants.issue()
    rig.clock.advance(hours=11)
    replica = rig.replica()
    await replica.renew_due()
    assert await replica.find(TEAM) is not None
    rig.clock.advance(hours=2)
    with pytest.raises(DisconnectedError, match="invalid_refresh_token"):
        await replica.find(TEAM)


async def test_while_another_renews_an_ended_token_is_not_used(rig: Rig) -> None:
    await rig.install()
    rig.clock.advance(hours=13)
    now = rig.clock()
    await rig.ports.transactions.write(
        lambda store: store.leases.take(f"slack token {TEAM}", "other", now, now + timedelta(seconds=30))
    )
    with pytest.raises(NotNowError, match="another replica"):
        await rig.replica().find(TEAM)


async def test_news_of_a_lost_token_is_believed_when_slack_says_so_too(rig: Rig) -> None:
    before = await rig.install()
    replica = rig.replica()
    assert await replica.doubt(TEAM, "", "tokens_revoked")
    assert await rig.stored() == before, "old news"
    rig.ground.weather.outage(True)
    assert await replica.doubt(TEAM, "", "tokens_revoked")
    assert await rig.stored() == before, "it cannot be asked"
    rig.ground.weather.outage(False)
    rig.ground.grants.revoke()
    assert await replica.doubt(TEAM, "", "tokens_revoked")
    after = await rig.stored()
    assert after is not None
    assert (after.is_open, after.sealed, after.closed_because) == (False, "", "tokens_revoked")
    assert not await replica.doubt("T09", "", "tokens_revoked")


async def test_an_organisation_s_installation_is_that_of_its_workspaces(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def teams(self: SlackClient, **_: Any) -> Any:
        asked.append(self.called)
        return {"teams": [{"id": "T03"}, {"id": "T04"}]}

    monkeypatch.setattr(SlackClient, "auth_teams_list", teams)
    tokens = sealed(SEAL, "E01", Tokens("xoxb-org"))
    await rig.install(team="E01", enterprise="E01", sealed=tokens, expires_at=None)
    replica = rig.replica()
    found = [await replica.find(team) for team in ("T03", "T04", "T05")]
    assert [(each.team, each.enterprise, each.team_arg) if each else None for each in found] == [
        ("T03", "E01", "T03"),
        ("T04", "E01", "T04"),
        None,
    ]
    assert asked == ["E01"]
    assert await replica.teams() == ("T03", "T04")
    by_payload = await replica.find("T05", "E01")
    assert by_payload is not None, "Slack itself said which organisation it is"
    assert found[0] is not None
    assert found[0].vouches
    assert found[0].client is by_payload.client
