"""The use cases on SQLite with a small Slack beside them, for tests of what runs after the commit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import ClientSession

from bot.db.database import open_database
from bot.gateways.slack_client import SlackClient
from bot.metrics import Metrics
from bot.playground.driver import Driver
from bot.playground.playground import Playground
from bot.playground.seed import ChannelSeed, PersonSeed, WorkspaceSeed
from bot.playground.server import serve
from core.app.countersign import Countersign
from core.app.drafts import (
    DEFAULT_NOTIFY_DRAFT,
    EnvironmentDraft,
    GroupDraft,
    NotifyDraft,
    PersonDraft,
    PolicyDraft,
    ReleaseDraft,
)
from core.app.ports import Ports
from core.app.requesting import RequestPromotion
from core.domain.people import SYSTEM, Actor, ActorKind, ActorRef, Person, Right, SlackAccount
from core.domain.promotion import Promotion
from tests.support.clock import FakeClock, SequentialIds
from tests.support.wired import begun, ports_on

TEAM = "T00000001"


@dataclass
class Bench:
    """The use cases on a fresh SQLite file, with a workspace beside them and nobody running errands yet."""

    ports: Ports
    countersign: Countersign
    clock: FakeClock
    client: SlackClient
    slack: Driver
    metrics: Metrics
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, handle: str) -> Actor:
        person = self.people[handle]
        return Actor(ActorRef(ActorKind.PERSON, person.id, person.name), "slack")

    async def promotion(
        self,
        version: str = "1",
        *,
        approvals: int = 1,
        notify: NotifyDraft = DEFAULT_NOTIFY_DRAFT,
        groups: tuple[str, ...] = ("approvers",),
    ) -> Promotion:
        """A request by Alice, gates passed, that Bob and Carol may approve."""
        admin = self.countersign.administering
        draft = EnvironmentDraft(f"production-{version}", slack_channel="#releases", gates={})
        environment = await admin.create_environment(SYSTEM, draft)
        policy = PolicyDraft(f"policy-{version}", environment.id, approvals, groups, True, 24, notify)
        await admin.create_policy(SYSTEM, policy)
        release = await self.countersign.releasing.register(SYSTEM, ReleaseDraft("shop", version))
        asked = await self.countersign.requesting.request(
            self.actor("alice"), RequestPromotion(release.id, environment.id, "because")
        )
        evaluated = await self.countersign.evaluating.evaluate(asked.id)
        assert evaluated is not None
        return evaluated


@pytest.fixture
async def bench(sqlite_store_url: str, clock: FakeClock, new_id: SequentialIds) -> AsyncIterator[Bench]:
    people = tuple(PersonSeed(f"U0{n}", name, name.title()) for n, name in enumerate(("alice", "bob", "carol"), 1))
    seed = WorkspaceSeed(people, (ChannelSeed("C01", "releases"), ChannelSeed("C02", "second")), team_id=TEAM)
    ground = Playground(seed, bot_url="http://127.0.0.1:9/", signing_secret="s", bot_token="xoxb-1")
    database = open_database(sqlite_store_url)
    await database.write(begun)
    ports = ports_on(database, clock, new_id)
    async with serve(ground), ClientSession() as session:
        metrics = Metrics()
        client = SlackClient("xoxb-1", ground.api_url, session, metrics, clock)
        made = Bench(ports, Countersign(ports), clock, client, Driver(ground), metrics)
        await _people(made)
        yield made
    await database.close()


async def _people(made: Bench) -> None:
    admin = made.countersign.administering
    for number, handle in enumerate(("alice", "bob", "carol"), 1):
        roles = frozenset({Right.REQUESTER})
        accounts = (SlackAccount(TEAM, f"U0{number}"),)
        draft = PersonDraft(f"{handle}@example.com", handle.title(), roles, accounts)
        made.people[handle] = await admin.create_person(SYSTEM, draft)
    members = ("alice@example.com", "bob@example.com", "carol@example.com")
    await admin.create_group(SYSTEM, GroupDraft("approvers", members))
