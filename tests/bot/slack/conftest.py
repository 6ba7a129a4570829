"""The door with everything real but Slack, which is the playground: signed HTTP in, the Web API out, SQLite behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from aiohttp import ClientSession, web
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.demo.workspace import SHORTCUTS
from bot.db.database import open_database
from bot.gateways.slack_accounts import SlackAccounts
from bot.listening import listening
from bot.playground import ChannelSeed, Driver, PersonSeed, Playground, Seen, SlashCommandSeed, WorkspaceSeed, serve
from bot.settings import Address
from bot.slack import Replies, build_slack_app, slack_events
from bot.slack.ids import CommandName
from bot.slack.views.card import card
from bot.slack.views.notice import notice
from core.app.countersign import Countersign
from core.app.drafts import EnvironmentDraft, GroupDraft, PersonDraft, PolicyDraft, ReleaseDraft, ScanDraft
from core.app.outbox import SentMessage
from core.app.pages import PageRequest
from core.app.ports import PromotionFilter
from core.app.reading import PromotionView
from core.app.requesting import RequestPromotion
from core.domain.environment import Environment
from core.domain.people import SYSTEM, Actor, Person, Right, SlackAccount
from core.domain.promotion import Promotion
from core.domain.release import Release
from tests.support.clock import FakeClock, SequentialIds
from tests.support.wired import ports_on
from tests.support.workspaces import only

TEAM = "T00000001"
SECRET = "signing-secret"
TOKEN = "xoxb-test"
CHANNEL = "#releases"
PEOPLE = {"alice": "U01", "bob": "U02", "carol": "U03", "olga": "U05", "stranger": "U06"}


@dataclass
class Rig:
    """What a test holds in its hands."""

    slack: Driver
    countersign: Countersign
    client: AsyncWebClient
    replies: Replies
    clock: FakeClock
    url: str
    session: ClientSession
    staging: Environment
    production: Environment
    people: dict[str, Person] = field(default_factory=dict)

    async def actor(self, handle: str) -> Actor:
        return await self.countersign.access.by_slack(TEAM, PEOPLE[handle])

    async def release(self, version: str = "1.4.0", critical: int = 0) -> Release:
        made = await self.countersign.releasing.register(SYSTEM, ReleaseDraft("shop", version))
        await self.countersign.releasing.submit_scan(SYSTEM, ScanDraft(made.id, "trivy", critical=critical))
        return made

    async def asked(self, version: str = "1.4.0", critical: int = 0) -> Promotion:
        """A promotion to production that Alice asked for, its gates looked at."""
        release = await self.release(version, critical)
        wanted = RequestPromotion(release.id, self.production.id, "Fixes the checkout")
        made = await self.countersign.requesting.request(await self.actor("alice"), wanted)
        return await self.countersign.evaluating.evaluate(made.id) or made

    async def view(self, id: UUID) -> PromotionView:
        return await self.countersign.reading.promotion(await self.actor("alice"), id)

    async def card(self, of: Promotion) -> Seen:
        """Its card in the channel, as a worker would have posted it."""
        shown = card(await self.view(of.id))
        answer = await self.client.chat_postMessage(channel="C01", text=shown.text, blocks=shown.blocks)
        return self.slack.now(str(answer["ts"]))

    async def posted(self, of: Promotion) -> Seen:
        """Its card, known to be there."""
        seen = await self.card(of)
        message = SentMessage(f"card:{of.id}", of.id, "C01", seen.ts, "", self.clock())
        await self.countersign.ports.transactions.write(lambda store: store.sent.put(message))
        return seen

    async def notice(self, of: Promotion, handle: str) -> Seen:
        """The direct message that asks somebody to approve."""
        shown = notice(await self.view(of.id), self.people[handle])
        channel = self.slack.dm(handle)
        answer = await self.client.chat_postMessage(channel=channel, text=shown.text, blocks=shown.blocks)
        return self.slack.now(str(answer["ts"]))

    async def newest(self) -> Promotion:
        """The promotion that was asked for last."""
        page = await self.countersign.reading.promotions(SYSTEM, PromotionFilter(), PageRequest(1, 1))
        return page.items[0]


def workspace() -> WorkspaceSeed:
    people = tuple(
        PersonSeed(
            user,
            handle,
            handle.title(),
            email=f"{handle}@example.com",
            team_id="T00000099" if handle == "stranger" else "",
            is_stranger=handle == "stranger",
        )
        for handle, user in PEOPLE.items()
    )
    commands = tuple(SlashCommandSeed(name.value) for name in CommandName)
    return WorkspaceSeed(
        people, (ChannelSeed("C01", "releases"),), team_id=TEAM, commands=commands, shortcuts=SHORTCUTS
    )


@pytest.fixture
async def ground() -> AsyncIterator[Playground]:
    made = Playground(workspace(), bot_url="", signing_secret=SECRET, bot_token=TOKEN)
    async with serve(made):
        yield made


@pytest.fixture
async def countersign(sqlite_store_url: str, clock: FakeClock, new_id: SequentialIds) -> AsyncIterator[Countersign]:
    database = open_database(sqlite_store_url)
    yield Countersign(ports_on(database, clock, new_id))
    await database.close()


@pytest.fixture
async def rig(ground: Playground, countersign: Countersign, clock: FakeClock) -> AsyncIterator[Rig]:
    async with ClientSession() as session:
        client = AsyncWebClient(token=TOKEN, base_url=ground.api_url)
        replies = Replies(only(client).client, session, client.base_url)
        accounts = SlackAccounts(only(client), countersign)
        app = build_slack_app(countersign, workspaces=only(client), accounts=accounts, replies=replies)
        served = web.Application()
        served.router.add_post("/slack/events", slack_events(app, SECRET, lambda: datetime.now(UTC)))
        async with listening(served, Address("127.0.0.1", 0)) as address:
            url = f"http://127.0.0.1:{address.port}/slack/events"
            ground.bot_url = url
            people = await _people(countersign)
            staging, production = await _environments(countersign)
            slack = Driver(ground)
            yield Rig(slack, countersign, client, replies, clock, url, session, staging, production, people)
        await replies.close()


async def _people(countersign: Countersign) -> dict[str, Person]:
    made = {}
    for handle in ("alice", "bob", "carol"):
        roles = frozenset({Right.REQUESTER}) if handle == "alice" else frozenset[Right]()
        account = (SlackAccount(TEAM, PEOPLE[handle]),)
        draft = PersonDraft(f"{handle}@example.com", handle.title(), roles, account)
        made[handle] = await countersign.administering.create_person(SYSTEM, draft)
    return made


async def _environments(countersign: Countersign) -> tuple[Environment, Environment]:
    admin = countersign.administering
    members = tuple(f"{handle}@example.com" for handle in ("alice", "bob", "carol"))
    await admin.create_group(SYSTEM, GroupDraft("release-managers", members))
    staging = await admin.create_environment(SYSTEM, EnvironmentDraft("staging", gates={}))
    gates: dict[str, dict[str, Any]] = {"security-gate": {}, "freeze-window-gate": {}}
    production = await admin.create_environment(
        SYSTEM, EnvironmentDraft("production", staging.id, True, CHANNEL, gates)
    )
    policy = PolicyDraft("production-policy", production.id, 2, ("release-managers",), True, 24)
    await admin.create_policy(SYSTEM, policy)
    return staging, production
